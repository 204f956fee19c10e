import Notation

/// Where messages are sent to: an absolute `http` or `https` URL (RFC 3986, RFC 9110, section 4.2) without user and
/// fragment.
struct WebhookAddress: Sendable {
    /// The longest URL, in bytes.
    static let limit = 2_048

    /// The URL as it was given.
    let text: String
    /// Whether messages would go there without TLS.
    let isPlain: Bool

    /// Reads a URL; `nil` when it is not one that messages can be sent to.
    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.limit, bytes.allSatisfy(Self.isURLByte) else { return nil }
        guard let (isPlain, start) = Self.scheme(of: bytes) else { return nil }
        let rest = bytes[start...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        guard Self.isAuthority(rest[..<end]) else { return nil }
        self.text = text
        self.isPlain = isPlain
    }

    private static func scheme(of bytes: [UInt8]) -> (isPlain: Bool, end: Int)? {
        for (scheme, isPlain) in [("https://", false), ("http://", true)]
        where bytes.starts(with: scheme.utf8) { return (isPlain, scheme.utf8.count) }
        return nil
    }

    /// Whether bytes are a host, and a port after it if there is one.
    private static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        let host: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            host = bytes[bytes.index(after: bytes.startIndex)..<close]
            rest = bytes[bytes.index(after: close)...]
            guard !host.isEmpty, host.allSatisfy(isAddressByte) else { return false }
        } else {
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            host = bytes[..<colon]
            rest = bytes[colon...]
            guard (1...253).contains(host.count), host.allSatisfy(isHostByte) else { return false }
        }
        guard !rest.isEmpty else { return true }
        let port = rest.dropFirst()
        guard rest.first == UInt8(ascii: ":"), (1...5).contains(port.count) else { return false }
        return UInt16(String(decoding: port, as: UTF8.self)).map { $0 > 0 } ?? false
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !Array("\"#<>\\^`{|}".utf8).contains(byte)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Whether a byte can stand in an IPv6 address.
    private static func isAddressByte(_ byte: UInt8) -> Bool {
        Hexadecimal.value(of: byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
