import Notation

/// A range of addresses in CIDR form (RFC 4632 and RFC 4291): `10.0.0.0/8`, `2001:db8::/32`, or one address.
///
/// Bits after the prefix do not count. A range of IPv4 holds IPv4 addresses only, mapped into IPv6 or not.
struct AddressRange: Sendable {
    private let first: InternetAddress
    // Bits of the 128 that must be the same.
    private let prefixLength: Int

    /// Reads a range.
    ///
    /// - Returns: `nil` when the text is something else.
    init?(_ text: Span<UInt8>) {
        let slash = text.firstByteIndex(of: UInt8(ascii: "/"))
        guard let address = InternetAddress(text.extracting(0..<(slash ?? text.count))) else { return nil }
        first = address
        // Whether the text was IPv4 decides what the length counts: `::ffff:0:0/96` is all of IPv4.
        let isDotted = text.firstByteIndex(of: UInt8(ascii: ":")) == nil
        guard let slash else {
            prefixLength = 128
            return
        }
        let digits = text.extracting((slash &+ 1)..<text.count)
        guard let length = Self.length(digits), length <= (isDotted ? 32 : 128) else { return nil }
        prefixLength = isDotted ? length + 96 : length
    }

    /// Whether an address is in the range.
    func contains(_ address: InternetAddress) -> Bool {
        if prefixLength < 96, address.isIPv4 { return false }
        return Self.areEqual(first.high, address.high, bits: min(prefixLength, 64))
            && Self.areEqual(first.low, address.low, bits: max(prefixLength - 64, 0))
    }

    private static func areEqual(_ left: UInt64, _ right: UInt64, bits: Int) -> Bool {
        bits == 0 || (left ^ right) >> UInt64(64 - bits) == 0
    }

    private static func length(_ digits: Span<UInt8>) -> Int? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits[0] != UInt8(ascii: "0") else { return nil }
        var value = 0
        for index in digits.indices {
            let digit = digits[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}
