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
        guard let bytes = buffer.viewBytes(at: start, length: buffer.writerIndex - start) else { return nil }
        guard let end = Self.endOfHead(bytes, from: bytes.startIndex + searched) else {
            // The end is up to three bytes long, and some of them may be here.
            searched = max(0, bytes.count - 3)
            return nil
        }
        searched = 0
        var framing = Place.head
        for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = line[..<colon]
            if Self.isNamed(name, "transfer-encoding") { return (end, .chunked) }
            if Self.isNamed(name, "upgrade") { return (end, .lost) }
            if Self.isNamed(name, "content-length") {
                let digits = line[(colon + 1)...].filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }
                guard let length = Int(String(decoding: digits, as: UTF8.self)), length >= 0 else { return (end, .lost) }
                framing = length == 0 ? .head : .body(remaining: length)
            }
        }
        return (end, framing)
    }

    private static func endOfHead(_ bytes: ByteBufferView, from start: Int) -> Int? {
        var position = start
        while let newline = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) {
            let rest = bytes[(newline + 1)...]
            if rest.first == UInt8(ascii: "\n") { return newline + 2 }
            if rest.starts(with: [0x0d, 0x0a]) { return newline + 3 }
            position = newline + 1
        }
        return nil
    }

    /// Whether a field has a name, given in lower case.
    private static func isNamed(_ name: ByteBufferView, _ wanted: String) -> Bool {
        name.count == wanted.utf8.count && name.elementsEqual(wanted.utf8) { ASCIICase.lowercased($0) == $1 }
    }
}
