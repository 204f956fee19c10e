package import EngineKit
package import Notation

/// Makes, finds, renews and revokes tokens, as functions over a transaction.
package struct TokenStore: Sendable {
    /// Hashing and encryption of tokens.
    package let cryptography: any TokenCryptography
    /// Records that belong to a token and go with it: kinds whose path begins with the token's key.
    package let belongings: [(realm: Realm, kind: RecordKind)]
    private let known = KnownHolders()

    /// Makes a store.
    package init(cryptography: any TokenCryptography, belongings: [(realm: Realm, kind: RecordKind)] = []) {
        self.cryptography = cryptography
        self.belongings = belongings
    }

    /// The prefix of service tokens.
    package static let servicePrefix = "hvs."
    /// The prefix of batch tokens.
    package static let batchPrefix = "hvb."

    /// The text of a new service token.
    package static func newToken(from random: any RandomSource) -> String { servicePrefix + random.base62(24) }

    /// The key of a token's record: the hexadecimal hash of the token.
    package func key(of token: [UInt8]) throws(EngineError) -> String {
        guard let hash = cryptography.tokenHash(token) else { throw .store(.sealed) }
        return Hexadecimal.encode(hash)
    }

    /// The entry of a living token.
    ///
    /// - Returns: the record's key (empty for batch tokens) and the entry, or `nil` when the token is unknown,
    ///   expired or used up.
    package func find(
        _ token: [UInt8], _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> (key: String, entry: TokenEntry)? {
        if token.starts(with: Self.batchPrefix.utf8) {
            // A batch token is stored nowhere, so it dies with its parent by asking for it.
            guard let entry = openBatch(token), try isInForce(entry, transaction, now: now) else { return nil }
            return ("", entry)
        }
        let key = try key(of: token)
        guard let entry = try entry(key, transaction), try isInForce(entry, transaction, now: now) else { return nil }
        return (key, entry)
    }

    /// The holder of the living token that a request came with: whom `find` finds.
    ///
    /// It is asked for with each request, so entries that were decoded before are kept. Such an entry is as of the
    /// newest commit, but is not noted as read by the transaction.
    package func holder(
        of token: [UInt8], _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> TokenHolder? {
        if token.starts(with: Self.batchPrefix.utf8) {
            return try find(token, transaction, now: now).map { TokenHolder(key: $0.key, entry: $0.entry) }
        }
        guard let hash = cryptography.tokenHash(token) else { throw .store(.sealed) }
        if let holder = known.find(hash, transaction) { return holder.isAlive(at: now) ? holder : nil }
        let changes = transaction.changeCount
        let key = Hexadecimal.encode(hash)
        guard let entry = try entry(key, transaction), let ancestry = try ancestry(of: entry, transaction) else {
            return nil
        }
        let holder = TokenHolder(key: key, entry: entry, ancestry: ancestry)
        if let revision = try transaction.stored(TokenRecords.token(key))?.revision {
            known.keep(holder, hash, revision, transaction, changes: changes)
        }
        return holder.isAlive(at: now) ? holder : nil
    }

    /// The entry under a record's key, alive or not.
    package func entry(_ key: String, _ transaction: Transaction) throws(EngineError) -> TokenEntry? {
        guard let bytes = try transaction.get(TokenRecords.token(key)) else { return nil }
        guard let entry = TokenEntry(decoding: bytes) else { throw .internalError("a token record cannot be read") }
        return entry
    }

    /// The entries under records' keys, alive or not, without those that do not exist.
    package func entries(
        _ keys: [String], _ transaction: Transaction
    ) throws(EngineError) -> [(key: String, entry: TokenEntry)] {
        try transaction.need(keys.map { TokenRecords.token($0) })
        var found: [(key: String, entry: TokenEntry)] = []
        for key in keys {
            if let entry = try entry(key, transaction) { found.append((key, entry)) }
        }
        return found
    }

    /// The living token behind an accessor.
    package func find(
        accessor: String, _ transaction: Transaction, now: Timestamp
    ) throws(EngineError) -> (key: String, entry: TokenEntry)? {
        guard !accessor.utf8.isEmpty, let bytes = try transaction.get(TokenRecords.accessor(accessor)) else {
            return nil
        }
        let key = String(decoding: bytes, as: UTF8.self)
        guard let entry = try entry(key, transaction), try isInForce(entry, transaction, now: now) else { return nil }
        return (key, entry)
    }

    /// Stores a new service token.
    ///
    /// - Parameters:
    ///   - entry: the record, complete but for the accessor.
    ///   - id: the token's text where the caller chose it; `nil` for a random one.
    /// - Returns: the token's text and the entry as stored.
    /// - Throws: `EngineError.invalid` when a token with this text exists.
    package func create(
        _ entry: TokenEntry, id: String? = nil, _ transaction: Transaction, random: any RandomSource
    ) throws(EngineError) -> (token: String, entry: TokenEntry) {
        let token = id ?? Self.newToken(from: random)
        let key = try key(of: Array(token.utf8))
        if id != nil, try transaction.get(TokenRecords.token(key)) != nil {
            throw .invalid("cannot create a token with a duplicate ID")
        }
        var entry = entry
        entry.accessor = random.base62(24)
        transaction.insert(TokenRecords.token(key), entry.encoded())
        transaction.insert(TokenRecords.accessor(entry.accessor), Array(key.utf8))
        if !entry.isOrphan {
            transaction.insert(TokenRecords.child(of: entry.parent, key), [])
            noteDependant(of: entry.parent, transaction)
        }
        return (token, entry)
    }

    /// Makes a batch token, which carries its record and is not stored.
    package func createBatch(_ entry: TokenEntry) throws(EngineError) -> String {
        guard let sealed = cryptography.sealBatchToken(entry.encoded()) else { throw .store(.sealed) }
        return Self.batchPrefix + Base64.encode(sealed, alphabet: .urlSafe, padded: false)
    }

    /// Stores a changed entry under its key.
    package func update(_ key: String, _ entry: TokenEntry, _ transaction: Transaction) {
        transaction.put(TokenRecords.token(key), entry.encoded())
    }

    /// Spends one use of a token that has a limit.
    ///
    /// - Returns: whether this was the last use, so that the token is to be revoked after the request.
    /// - Throws: `EngineError.permissionDenied` when the token is gone or used up.
    package func spendUse(_ key: String, _ transaction: Transaction, now: Timestamp) throws(EngineError) -> Bool {
        guard var entry = try entry(key, transaction), entry.isAlive(at: now), entry.hasUsesLeft else {
            throw .permissionDenied(reason: "the token is expired, revoked or used up")
        }
        guard let remaining = entry.remainingUses else { return false }
        entry.remainingUses = max(0, remaining - 1)
        update(key, entry, transaction)
        return remaining <= 1
    }

    private func openBatch(_ token: [UInt8]) -> TokenEntry? {
        let text = String(decoding: token.dropFirst(Self.batchPrefix.utf8.count), as: UTF8.self)
        return Base64.decode(text, alphabet: .urlSafe, padded: false).flatMap { cryptography.openBatchToken($0) }
            .flatMap { TokenEntry(decoding: $0) }
    }
}
