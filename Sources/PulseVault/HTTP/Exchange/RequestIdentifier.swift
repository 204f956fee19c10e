import Synchronization
import VaultCrypto

/// Identifiers of requests: random (version 4) UUIDs.
///
/// They are no secrets, so their random bytes are drawn for many at a time.
enum RequestIdentifier {
    private static let batchCount = 256
    private static let drawn = Mutex(Drawn())

    private struct Drawn {
        var bytes: [UInt8] = []
        /// How many of the bytes are used up.
        var used = 0
    }

    /// A fresh identifier.
    static func next() -> String {
        drawn.withLock { drawn in
            if drawn.used == drawn.bytes.count { drawn = Drawn(bytes: SecureRandom.bytes(16 * batchCount)) }
            defer { drawn.used += 16 }
            return SecureRandom.uuid(of: drawn.bytes[drawn.used..<drawn.used + 16])
        }
    }
}
