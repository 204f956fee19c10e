import Synchronization

/// The hashes under which a device writes callers, for those that asked lately: a caller's are in each of its entries.
final class HashedCallers: Sendable {
    /// What is written of a caller.
    struct Hashed: Sendable {
        /// The token's hash.
        let token: String
        /// The accessor, hashed if the device hashes accessors.
        let accessor: String
    }

    /// How many are kept; when there are more, all are forgotten and the busy ones come back.
    private static let limit = 10_000

    private let known = Mutex<[[UInt8]: Hashed]>([:])

    /// What is written of the caller whose token is stored under a key.
    func find(_ tokenKey: [UInt8], or make: () -> Hashed) -> Hashed {
        if let found = known.withLock({ $0[tokenKey] }) { return found }
        let made = make()
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[tokenKey] = made
        }
        return made
    }
}
