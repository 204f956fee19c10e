/// Names and values as queries and forms have them: `name=value&other=two+words` (the URL standard, section 5.1).
package enum FormText {
    /// The names and values, in order; what has no `=` has an empty value.
    package static func pairs(_ text: ArraySlice<UInt8>) throws(RequestPath.Fault) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            pairs.append((try decoded(part[..<equals]), try decoded(part[equals...].dropFirst())))
        }
        return pairs
    }

    private static func decoded(_ raw: ArraySlice<UInt8>) throws(RequestPath.Fault) -> String {
        let isEncoded = raw.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }
        let bytes =
            isEncoded
            ? try RequestPath.percentDecoded(raw.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }) : Array(raw)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unprintable }
        return text
    }
}
