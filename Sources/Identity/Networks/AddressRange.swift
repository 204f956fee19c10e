import Glibc

/// A range of IP addresses in CIDR notation (RFC 4632, RFC 4291), such as `10.0.0.0/8` or `::1`.
package struct AddressRange: Sendable {
    private let prefix: [UInt8]
    private let bitCount: Int

    /// Reads a range; an address without a length is a range of one. `nil` when the text is neither.
    package init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2,
            let address = Self.bytes(ofAddress: String(decoding: first, as: UTF8.self))
        else { return nil }
        var length = address.count * 8
        if parts.count == 2 {
            // The length of an IPv4 address that is written as an IPv6 one counts the 96 bits in front of it.
            let isMapped = address.count == 4 && first.contains(UInt8(ascii: ":"))
            guard let given = Self.length(parts[1]), given >= (isMapped ? 96 : 0) else { return nil }
            let own = isMapped ? given - 96 : given
            guard own <= length else { return nil }
            length = own
        }
        prefix = address
        bitCount = length
    }

    /// Whether an address, given as text, lies in the range.
    package func contains(_ text: String) -> Bool {
        guard let address = Self.bytes(ofAddress: text), address.count == prefix.count else { return false }
        let whole = bitCount / 8
        guard address[..<whole].elementsEqual(prefix[..<whole]) else { return false }
        let rest = bitCount % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff00 >> rest)
        return address[whole] & mask == prefix[whole] & mask
    }

    private static func length(_ digits: Substring.UTF8View) -> Int? {
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The 4 or 16 bytes of an address; an IPv4 address mapped into IPv6 counts as IPv4.
    private static func bytes(ofAddress text: String) -> [UInt8]? {
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var four = [UInt8](repeating: 0, count: 4)
        // The buffers are as long as the address family needs, and the text is a C string without inner zeros.
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard unsafe inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let isMapped = sixteen[..<10].allSatisfy { $0 == 0 } && sixteen[10] == 0xff && sixteen[11] == 0xff
        return isMapped ? Array(sixteen[12...]) : sixteen
    }
}
