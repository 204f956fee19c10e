/// Which bytes stay as they are in a part of a URL (RFC 3986, sections 2 and 3).
struct PercentEncoding: Sendable {
    /// For paths: unreserved characters, sub-delimiters, `:`, `@` and the slash.
    static let path = PercentEncoding(keeping: "-._~!$&'()*+,;=:@/")
    /// For names and values of a query: unreserved characters and the slash.
    static let query = PercentEncoding(keeping: "-._~/")

    private let kept: [UInt8]

    private init(keeping punctuation: String) {
        kept = Array(punctuation.utf8)
    }

    /// Replaces every other byte by `%` and two upper-case hexadecimal digits.
    ///
    /// - Parameter text: any text; its UTF-8 bytes are encoded.
    /// - Returns: ASCII.
    func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            if keeps(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func keeps(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: kept.contains(byte)
        }
    }
}
