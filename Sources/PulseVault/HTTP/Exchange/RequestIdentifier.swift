import Synchronization
import VaultCrypto

/// Identifiers of requests: random (version 4) UUIDs.
///
/// They are no secrets, so their random bytes are drawn for many at a time.
enum RequestIdentifier {
    private static let batchCount = 256
    private static let drawn = Mutex<[UInt8]>([])

    /// A fresh identifier.
    static func next() -> String {
        let bytes = drawn.withLock { drawn -> ArraySlice<UInt8> in
            if drawn.isEmpty { drawn = SecureRandom.bytes(16 * batchCount) }
            defer { drawn.removeLast(16) }
            return drawn.suffix(16)
        }
        return SecureRandom.uuid(of: bytes)
    }
}
