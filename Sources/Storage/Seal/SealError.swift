package import EngineKit
import VaultCrypto

/// Why the seal could not do what it was asked.
package enum SealError: Error, Sendable, Equatable {
    /// The store holds a vault already.
    case alreadyInitialized
    /// The store holds rows but no bootstrap record: a new vault over them would hide the loss of the old one.
    case storeNotEmpty
    /// The store holds no vault yet.
    case notInitialized
    /// The barrier must be unsealed for this.
    case sealed
    /// The shares cannot belong together: too few, of unequal or wrong length, or repeated.
    case invalidShares
    /// The shares gave a key that does not open this vault.
    case invalidKey
    /// The shares were changed by another rekey after this one began.
    case rekeyOvertaken
    /// The bootstrap record cannot be read.
    case corruptedBootstrap
    /// The system gives no protected memory for keys.
    case memoryUnavailable
    /// The store failed.
    case store(StoreError)

    /// The error for a failed cryptographic operation on keys that shares gave.
    init(_ error: CryptoError) {
        self =
            switch error {
            case .shares: .invalidShares
            case .memoryUnavailable, .libraryUnavailable: .memoryUnavailable
            case .authenticationFailed, .malformed, .invalidLength, .inputTooLarge, .streamFinished: .invalidKey
            }
    }
}
