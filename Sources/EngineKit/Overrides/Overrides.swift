import Notation

/// The overrides of a mount within one request, all of them in one record, so that a look at them is cheap.
package struct Overrides<Subject: OverrideSubject> {
    /// How many there may be at once.
    static var limit: Int { 200 }

    private let key: StoreKey
    private let request: EngineRequest
    private let transaction: Transaction

    /// Opens the overrides of a request's mount.
    ///
    /// - Parameter kind: the kind of record in which the engine keeps them.
    package init(_ kind: RecordKind, _ request: EngineRequest, _ transaction: Transaction) {
        key = StoreKey(request.mount.realm, kind, [])
        self.request = request
        self.transaction = transaction
    }

    /// All of them, the oldest first.
    package func all() throws(EngineError) -> [Override<Subject>] {
        guard let bytes = try transaction.get(key) else { return [] }
        guard let members = (try? JSON(parsing: bytes, limits: .stored))?.objectValue?.members else {
            throw .internalError("the overrides of a mount cannot be read")
        }
        return members.compactMap { Override($0.name, stored: $0.value) }
    }

    // MARK: what requests ask

    /// Takes one in, with a lease of the caller's: for as long as `ttl` says, or as is usual for the mount.
    ///
    /// - Returns: the answer, with the lease.
    package func begin(_ subject: Subject) throws(EngineError) -> EngineResponse {
        let seconds = try request.input.seconds("ttl")
        guard seconds.map({ $0 > 0 }) ?? true else { throw .field("ttl", "a duration of at least a second") }
        let others = try all()
        guard others.count < Self.limit else {
            throw .invalid("the mount has \(Self.limit) overrides, which is the most it can")
        }
        let lease = try request.vault.lease(
            for: seconds, from: request.mount, path: request.mount.path + Array("overrides".utf8), transaction)
        let override = Override(
            id: "ov-\(request.random.base62(12))", subject: subject, lease: lease,
            author: request.caller.displayName, reason: try request.reason(), since: request.now)
        put(others + [override])
        var response = EngineResponse(.data(override.told(until: lease.end)), leaseDuration: lease.seconds)
        response.leaseID = lease.id
        response.isRenewable = true
        if let seconds, seconds > lease.seconds {
            response.warnings.append("ttl: \(lease.seconds) seconds is the most that there can be")
        }
        return response
    }

    /// All of them by their names, with what they are.
    ///
    /// - Parameter isShown: whether the caller may see what one changes.
    package func listing(where isShown: (Subject) -> Bool = { _ in true }) throws(EngineError) -> EngineResponse {
        let members = try all().filter { isShown($0.subject) }.mapLoading { override throws(EngineError) in
            JSONObject.Member(name: override.id, value: .object(try facts(of: override)))
        }
        guard !members.isEmpty else { return .names([]) }
        return .data(["keys": .strings(members.map(\.name)), "key_info": .object(JSONObject(members))])
    }

    /// The one that the path names.
    ///
    /// - Parameter isShown: whether the caller may see what one changes.
    package func reading(where isShown: (Subject) -> Bool = { _ in true }) throws(EngineError) -> EngineResponse {
        guard let override = try named(), isShown(override.subject) else { throw .notFound }
        return .data(try facts(of: override))
    }

    /// Takes out the one that the path names, and ends its lease.
    ///
    /// - Parameter path: the path of what one changes: whoever may not write there needs `sudo` to end it.
    /// - Returns: the override, which the engine is to take back; `nil` when it is not there any more.
    package func revoke(by path: (Subject) -> [UInt8]) throws(EngineError) -> Override<Subject>? {
        guard let override = try named() else { return nil }
        let caller = request.caller
        guard caller.isRoot || caller.hasSudo || request.rights.allow(.update, path(override.subject)) else {
            throw .permissionDenied(reason: "what the override changes may not be written with this token")
        }
        try request.vault.revoke(lease: override.lease.key, transaction)
        try remove(override)
        return override
    }

    /// Takes out all that change something that is gone; their leases run out by themselves.
    package func forget(where isMeant: (Subject) -> Bool) throws(EngineError) {
        let overrides = try all()
        let left = overrides.filter { !isMeant($0.subject) }
        if left.count < overrides.count { put(left) }
    }

    // MARK: what the background service asks

    /// The names of those whose lease has ended.
    package func ended() throws(EngineError) -> [String] {
        try all().mapLoading { override throws(EngineError) in try end(of: override) == nil ? override.id : nil }
            .compactMap { $0 }
    }

    /// Takes one out whose lease has ended.
    ///
    /// - Returns: the override, which the engine is to take back; `nil` when it is not there any more, or goes on.
    package func take(ended id: String) throws(EngineError) -> Override<Subject>? {
        guard let override = try find(id), try end(of: override) == nil else { return nil }
        try remove(override)
        return override
    }

    private func named() throws(EngineError) -> Override<Subject>? {
        let name = request.captures.text("id")
        try EngineError.model { () throws(ModelError) in try DocumentName.check(name, field: "id") }
        return try find(name)
    }

    /// What may be told to whoever did not ask for it: not the lease's name, by which it could be renewed.
    private func facts(of override: Override<Subject>) throws(EngineError) -> JSONObject {
        var facts = override.told(until: try end(of: override))
        facts["lease_id"] = nil
        return facts
    }

    private func find(_ id: String) throws(EngineError) -> Override<Subject>? {
        try all().first { $0.id.bytesEqual(to: id) }
    }

    private func end(of override: Override<Subject>) throws(EngineError) -> Timestamp? {
        try request.vault.end(ofLease: override.lease.key, transaction)
    }

    private func remove(_ override: Override<Subject>) throws(EngineError) {
        put(try all().filter { !$0.id.bytesEqual(to: override.id) })
    }

    private func put(_ overrides: [Override<Subject>]) {
        let members = overrides.map { JSONObject.Member(name: $0.id, value: $0.stored) }
        transaction.put(key, JSON.object(JSONObject(members)).serialized())
    }
}
