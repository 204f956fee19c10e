package import EngineKit
import VaultCrypto

extension Barrier {
    /// Adds a term to the keyring. What is sealed from now on is wrapped with it; `rewrap` brings the rest over.
    ///
    /// - Parameter now: the time, in milliseconds since 1970.
    /// - Returns: the new term's facts.
    package func rotate(now: Int64) async throws(StoreError) -> KeyStatus {
        let barrier = try open()
        try await barrier.updateBootstrap { record, keyring throws(StoreError) in
            let key: StoredKey
            do throws(CryptoError) { key = try StoredKey() } catch {
                throw .unavailable("no protected memory is left for keys")
            }
            guard let next = keyring.successor(adding: key, now: now) else {
                throw .unavailable("the keyring takes no further term")
            }
            try barrier.replaceKeyring(next, in: &record)
        }
        return barrier.keyStatus
    }

    /// Saves how much was sealed during the active term, so that the number survives a restart.
    ///
    /// Worth calling now and then, and before a stop. Nothing but the number in `sys/key-status` depends on it.
    package func saveEncryptionCount() async throws(StoreError) {
        let barrier = try open()
        try await barrier.updateBootstrap { record, keyring throws(StoreError) in
            guard let next = keyring.successor(adding: nil, now: 0) else { return }
            try barrier.replaceKeyring(next, in: &record)
        }
    }

    /// What `sys/key-status` tells.
    package var keyStatus: KeyStatus {
        get throws(StoreError) { try open().keyStatus }
    }

    /// Brings all keys that older terms sealed over to the active term, page by page. Of the records only those that
    /// carry a key are sealed anew; the bodies that borrow them stay as they are.
    ///
    /// It can be stopped between pages, by cancelling its task, and continued from the last progress.
    ///
    /// - Parameters:
    ///   - progress: where to continue; from the start if there is none.
    ///   - report: hears of the progress after each page.
    /// - Returns: the progress at the end; not complete when the task was cancelled.
    package func rewrapAll(
        from progress: RewrapProgress = RewrapProgress(), report: (RewrapProgress) async -> Void = { _ in }
    ) async throws(StoreError) -> RewrapProgress {
        var progress = progress
        while !progress.isComplete, !Task.isCancelled {
            progress = try await rewrap(from: progress)
            await report(progress)
        }
        return progress
    }

    /// One page of `rewrapAll`.
    ///
    /// - Parameter limit: how many rows to look at.
    package func rewrap(from progress: RewrapProgress, limit: Int = 256) async throws(StoreError) -> RewrapProgress {
        try await open().rewrap(from: progress, limit: max(1, limit))
    }
}

/// How far the rewrapping of keys has come.
package struct RewrapProgress: Sendable, Equatable {
    /// How many rows were looked at.
    package var examined = 0
    /// How many keys were brought over.
    package var rewrapped = 0
    /// How many rows could not be read or belong to no realm.
    package var unreadable = 0
    /// The last row looked at; its words are what a caller stores to continue after a restart.
    package var cursor: RowKey?
    /// Whether the last row was reached.
    package var isComplete = false

    /// The beginning.
    package init() {}
}
