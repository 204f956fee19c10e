import Identity

/// Which addresses the messages of webhooks may go to.
///
/// Whoever writes a webhook makes the server speak to an address of their choice; addresses at which things answer that
/// trust whoever reaches them are therefore refused, unless the server's configuration allows them.
struct WebhookRules: Sendable {
    /// The networks that are allowed whatever else is said, also without TLS.
    var allowed: [AddressRange] = []
    /// The file with the authorities that receivers' certificates come from, PEM; `nil` for the system's.
    var authoritiesFile: String?

    /// This host, this machine's own links with the clouds' metadata services on them, multicast and reserved.
    private static let refused: [AddressRange] = [
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "100.100.100.200/32", "::/128", "::1/128",
        "fe80::/10", "ff00::/8", "fd00:ec2::254/128",
    ].compactMap { AddressRange(parsing: $0) }

    /// Whether a message may go to an address.
    ///
    /// - Parameters:
    ///   - address: the numeric address, as it is about to be connected to.
    ///   - isPlain: whether without TLS.
    func allow(_ address: String, isPlain: Bool) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        return !isPlain && !Self.refused.contains { $0.contains(address) }
    }
}
