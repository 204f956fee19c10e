import Notation

/// An IPv4 or IPv6 address. An IPv4 address inside of IPv6 (`::ffff:10.0.0.1`) is the IPv4 address.
struct InternetAddress: Hashable, Sendable {
    /// The address as 128 bits; an IPv4 address is mapped into IPv6 (RFC 4291, section 2.5.5.2).
    let high: UInt64
    /// The lower half.
    let low: UInt64

    private static let mappedPrefix: UInt64 = 0xFFFF << 32

    /// Whether this is an IPv4 address.
    var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// Reads an address: dotted decimal without leading zeros, or the forms of RFC 4291 section 2.2; no zone.
    ///
    /// - Returns: `nil` when the text is something else.
    init?(_ text: Span<UInt8>) {
        if text.firstByteIndex(of: UInt8(ascii: ":")) == nil {
            guard let address = Self.dottedDecimal(text) else { return nil }
            high = 0
            low = Self.mappedPrefix | UInt64(address)
        } else {
            guard let address = Self.groups(text) else { return nil }
            (high, low) = address
        }
    }

    private static func dottedDecimal(_ text: Span<UInt8>) -> UInt32? {
        var address: UInt32 = 0
        var position = 0
        for index in 0..<4 {
            if index > 0 {
                guard position < text.count, text[position] == UInt8(ascii: ".") else { return nil }
                position &+= 1
            }
            let start = position
            var value: UInt32 = 0
            while position < text.count, position &- start < 3, text[position] &- UInt8(ascii: "0") < 10 {
                value = value * 10 + UInt32(text[position] &- UInt8(ascii: "0"))
                position &+= 1
            }
            let length = position &- start
            guard length > 0, value < 256, length == 1 || text[start] != UInt8(ascii: "0") else { return nil }
            address = address << 8 | value
        }
        return position == text.count ? address : nil
    }

    private static func groups(_ text: Span<UInt8>) -> (UInt64, UInt64)? {
        var groups = InlineArray<8, UInt16>(repeating: 0)
        var count = 0
        // How many groups stand before `::`.
        var gap: Int?
        var position = 0
        if text.count >= 2, text[0] == UInt8(ascii: ":"), text[1] == UInt8(ascii: ":") {
            gap = 0
            position = 2
        }
        while position < text.count {
            let end = text.firstByteIndex(of: UInt8(ascii: ":"), from: position) ?? text.count
            let part = text.extracting(position..<end)
            if end == text.count, part.firstByteIndex(of: UInt8(ascii: ".")) != nil {
                guard count <= 6, let address = dottedDecimal(part) else { return nil }
                groups[count] = UInt16(truncatingIfNeeded: address >> 16)
                groups[count + 1] = UInt16(truncatingIfNeeded: address)
                count += 2
                break
            }
            guard count < 8, let group = hexadecimal(part) else { return nil }
            groups[count] = group
            count += 1
            guard end < text.count else { break }
            position = end &+ 1
            guard position < text.count else { return nil }
            if text[position] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = count
                position &+= 1
            }
        }
        return placed(groups, count: count, gap: gap)
    }

    private static func placed(
        _ groups: InlineArray<8, UInt16>, count: Int, gap: Int?
    ) -> (UInt64, UInt64)? {
        guard gap == nil ? count == 8 : count < 8 else { return nil }
        let skipped = 8 - count
        var (high, low): (UInt64, UInt64) = (0, 0)
        for index in 0..<count {
            let place = index < gap ?? count ? index : index + skipped
            let value = UInt64(groups[index]) << UInt64(16 * (3 - place % 4))
            if place < 4 { high |= value } else { low |= value }
        }
        return (high, low)
    }

    private static func hexadecimal(_ part: Span<UInt8>) -> UInt16? {
        guard (1...4).contains(part.count) else { return nil }
        var value: UInt16 = 0
        for index in part.indices {
            let byte = ASCIICase.lowercased(part[index])
            let digit = byte &- UInt8(ascii: "0") < 10 ? byte &- UInt8(ascii: "0") : byte &- UInt8(ascii: "a") &+ 10
            guard digit < 16, digit < 10 || byte >= UInt8(ascii: "a") else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
