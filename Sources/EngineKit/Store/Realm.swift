/// The owner of a set of records: one mount, or the system itself.
///
/// Each realm has a random key of its own in the barrier. Destroying that key makes every record of the realm
/// unreadable at once.
package struct Realm: Hashable, Sendable {
    /// The first eight bytes of the identifier, big-endian.
    package let high: UInt64
    /// The last eight bytes of the identifier, big-endian.
    package let low: UInt64

    /// Makes a realm from the two halves of its 16-byte identifier.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The realm of the vault's own records: mounts, policies, tokens, audit devices.
    package static let system = Realm(high: 0, low: 1)

    /// The realm of the tokens' private records, `cubbyhole/`.
    package static let cubbyhole = Realm(high: 0, low: 2)

    /// The identifier as 16 bytes.
    package var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
    }

    /// Reads a realm back from its 16 bytes; `nil` when there are not exactly 16.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }
}
