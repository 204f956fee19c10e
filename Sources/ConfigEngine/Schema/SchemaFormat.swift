import Notation

/// Forms of strings that a schema can ask for (JSON Schema validation, section 7.3).
enum SchemaFormat: String, Sendable {
    case date, time, email, hostname, ipv4, ipv6, uri, uuid, duration, regex
    case dateTime = "date-time"

    /// Whether a text has the form.
    func isFormOf(_ text: String) -> Bool {
        switch self {
        case .dateTime: return Timestamp(parsing: text) != nil
        case .date: return Timestamp(parsing: "\(text)T00:00:00Z") != nil && text.utf8.count == 10
        case .time: return Timestamp(parsing: "2000-01-01T\(text)") != nil
        case .ipv6: return Self.isAddress(text)
        case .regex: return (try? RegularExpression(text)) != nil
        default: return Self.pattern(of: self)?.matches(text) ?? true
        }
    }

    /// Whether a text is an address of eight groups, a row of empty ones perhaps left out, the last two perhaps written
    /// as in version 4 (RFC 4291, section 2.2).
    private static func isAddress(_ text: String) -> Bool {
        let colon = UInt8(ascii: ":")
        let bytes = Array(text.utf8)
        let gaps = bytes.indices.filter { $0 + 1 < bytes.count && bytes[$0] == colon && bytes[$0 + 1] == colon }
        guard gaps.count <= 1 else { return false }
        guard let gap = gaps.first else { return groups(bytes[...], isLast: true) == 8 }
        guard let before = groups(bytes[..<gap], isLast: false), let after = groups(bytes[(gap + 2)...], isLast: true)
        else { return false }
        return before + after <= 7
    }

    /// How many groups stand between colons; `nil` when one of them is none.
    private static func groups(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> Int? {
        if bytes.isEmpty { return 0 }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        for (index, part) in parts.enumerated() {
            let isHexadecimal = part.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
            }
            if isHexadecimal, (1...4).contains(part.count) {
                count += 1
            } else if isLast, index == parts.count - 1,
                SchemaFormat.ipv4.isFormOf(String(decoding: part, as: UTF8.self))
            {
                count += 2
            } else {
                return nil
            }
        }
        return count
    }

    private static func pattern(of format: SchemaFormat) -> RegularExpression? { patterns[format] }

    /// RFC 5321, 1123, 2673, 3986, 4122 and ISO 8601 as far as regular expressions can tell.
    private static let patterns: [SchemaFormat: RegularExpression] = {
        let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
        let label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
        let texts: [SchemaFormat: String] = [
            .email: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@\(label)(?:\\.\(label))*$",
            .hostname: "^\(label)(?:\\.\(label))*$",
            .ipv4: "^\(octet)(?:\\.\(octet)){3}$",
            .uri: "^[A-Za-z][A-Za-z0-9+.-]*:[^ \"<>\\\\^`{|}]*$",
            .uuid: "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
            .duration: "^P(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)$",
        ]
        return texts.compactMapValues { try? RegularExpression($0) }
    }()
}
