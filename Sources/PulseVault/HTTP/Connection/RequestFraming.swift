import NIOCore
import Notation

/// Follows where requests begin and end in the bytes of a connection, as far as that is needed to find their verbs.
///
/// It takes heads whole, skips bodies of known length, and leaves chunked bodies to the parser, which reports their
/// end. Where it cannot be sure it gives up on the connection: verbs are then left as they are, and the parser refuses
/// those it does not know. It never changes a byte that is not the first of a head.
struct RequestFraming {
    private enum Place {
        case head
        case body(remaining: Int)
        case chunked
        case lost
    }

    private var place = Place.head
    /// How many bytes of the head under way were searched for its end; a head that comes in many small pieces is not
    /// searched from its beginning each time.
    private var searched = 0

    /// Looks at bytes, beginning where the ones before ended.
    ///
    /// - Returns: the indices at which requests begin, and the index behind the last byte that can be passed on; what
    ///   lies behind it is the beginning of a head and has to come again with more.
    mutating func advance(over buffer: ByteBuffer) -> (starts: [Int], end: Int) {
        var starts: [Int] = []
        var index = buffer.readerIndex
        while index < buffer.writerIndex {
            switch place {
            case .chunked, .lost:
                return (starts, buffer.writerIndex)
            case .body(let remaining):
                let taken = min(remaining, buffer.writerIndex - index)
                index += taken
                place = taken == remaining ? .head : .body(remaining: remaining - taken)
            case .head:
                index = Self.skippingEmptyLines(buffer, index)
                guard let head = head(in: buffer, at: index) else {
                    if buffer.writerIndex - index <= HTTPLimits.headerListBytes { return (starts, index) }
                    // Longer than any head may be: the parser says so.
                    place = .lost
                    return (starts, buffer.writerIndex)
                }
                starts.append(index)
                index = head.end
                place = head.framing
            }
        }
        return (starts, index)
    }

    /// The parser has seen the end of a request.
    ///
    /// - Parameter wasLast: whether the bytes it was given ended with that request, for sure.
    mutating func requestEnded(wasLast: Bool) {
        if case .chunked = place { place = wasLast ? .head : .lost }
    }

    /// Whether the request under way has a chunked body.
    var isChunked: Bool { if case .chunked = place { true } else { false } }

    /// RFC 9112, section 2.2: a server ignores empty lines before a request line.
    private static func skippingEmptyLines(_ buffer: ByteBuffer, _ start: Int) -> Int {
        var index = start
        while let byte = buffer.getInteger(at: index, as: UInt8.self), byte == 0x0d || byte == 0x0a { index += 1 }
        return index
    }

    private mutating func head(in buffer: ByteBuffer, at start: Int) -> (end: Int, framing: Place)? {
        let readable = buffer.readableBytesUInt8Span
        let bytes = readable.extracting((start - buffer.readerIndex)..<readable.count)
        guard let count = Self.headCount(bytes, from: searched) else {
            // The end is up to three bytes long, and some of them may be here.
            searched = max(0, bytes.count - 3)
            return nil
        }
        searched = 0
        return (start + count, Self.framing(of: bytes.extracting(0..<count)))
    }

    /// How the bytes go on behind a head.
    private static func framing(of head: Span<UInt8>) -> Place {
        var framing = Place.head
        var start = 0
        while start < head.count {
            let end = newline(in: head, from: start) ?? head.count
            let line = head.extracting(start..<end)
            start = end + 1
            if isField(line, "transfer-encoding") { return .chunked }
            if isField(line, "upgrade") { return .lost }
            if isField(line, "content-length") {
                var digits: [UInt8] = []
                for index in ("content-length:".utf8.count)..<line.count
                where ![0x20, 0x09, 0x0d].contains(line[index]) {
                    digits.append(line[index])
                }
                guard let length = Int(String(decoding: digits, as: UTF8.self)), length >= 0 else { return .lost }
                framing = length == 0 ? .head : .body(remaining: length)
            }
        }
        return framing
    }

    /// The bytes of a head with the empty line that ends it; `nil` when its end is not there.
    private static func headCount(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        while let end = newline(in: bytes, from: position) {
            position = end + 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "\n") { return position + 1 }
            if position + 1 < bytes.count, bytes[position] == 0x0d, bytes[position + 1] == 0x0a { return position + 2 }
        }
        return nil
    }

    private static func newline(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }

    /// Whether a line is a field with a name, given in lower case.
    private static func isField(_ line: Span<UInt8>, _ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard line.count > count, line[count] == UInt8(ascii: ":") else { return false }
        return name.withUTF8Buffer { wanted in
            for index in 0..<count where unsafe ASCIICase.lowercased(line[index]) != wanted[index] { return false }
            return true
        }
    }
}
