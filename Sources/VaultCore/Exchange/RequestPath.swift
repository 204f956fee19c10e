import Notation

/// A request's path in the one form that router, ACL and storage share.
///
/// It is percent-decoded once, is printable UTF-8, has no `.` or `..` segment and no empty segment except for one
/// trailing slash. Because every later step works on exactly these bytes, what the ACL decided on is
/// what the engine acts on.
package struct RequestPath: Sendable {
    /// The longest path, in bytes after decoding.
    package static let byteLimit = 4096

    /// The bytes, without the `/v1/` in front.
    package let bytes: [UInt8]

    /// Why a path was refused.
    package enum Fault: Error, Sendable {
        /// A `%` is not followed by two hexadecimal digits.
        case percentEncoding
        /// The decoded bytes are not UTF-8, or contain what nobody can see: controls, format characters, blanks other
        /// than the ASCII one.
        case unprintable
        /// A segment is `.` or `..`.
        case relative
        /// Two slashes follow each other, or one stands at the front.
        case emptySegment
        /// The path is longer than the limit.
        case tooLong

        /// What the client is told, with status 400.
        package var message: String {
            switch self {
            case .percentEncoding: "path contains an invalid percent-encoding"
            case .unprintable: "path cannot contain non-printable characters"
            case .relative: "relative paths not supported"
            case .emptySegment: "path cannot contain empty segments"
            case .tooLong: "path is longer than \(RequestPath.byteLimit) bytes"
            }
        }
    }

    /// Decodes and checks the part of a request target behind `/v1/`.
    ///
    /// - Parameter raw: the bytes as they were sent, without the query.
    package init(decoding raw: some Collection<UInt8>) throws(Fault) {
        try self.init(checking: try Self.percentDecoded(raw))
    }

    /// Checks bytes that are already decoded.
    package init(checking bytes: [UInt8]) throws(Fault) {
        guard bytes.count <= Self.byteLimit else { throw .tooLong }
        guard bytes.isPrintable else { throw .unprintable }
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
            let segment = bytes[start..<end]
            if segment.isEmpty { throw .emptySegment }
            if segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) { throw .relative }
            start = end < bytes.endIndex ? end + 1 : end
        }
        self.bytes = bytes
    }

    private init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// The same path with one slash at its end, as listings have it.
    package var asFolder: RequestPath {
        bytes.isEmpty || bytes.last == UInt8(ascii: "/") ? self : RequestPath(trusted: bytes + [UInt8(ascii: "/")])
    }

    /// Decodes `%XX`; other bytes, `+` included, stay as they are.
    package static func percentDecoded(_ raw: some Collection<UInt8>) throws(Fault) -> [UInt8] {
        let whole = Array(raw)
        guard whole.contains(UInt8(ascii: "%")) else { return whole }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var iterator = raw.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexadecimalDigit),
                let low = iterator.next().flatMap(hexadecimalDigit)
            else { throw .percentEncoding }
            decoded.append(high << 4 | low)
        }
        return decoded
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
