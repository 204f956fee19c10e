import EngineKit
import Notation

extension FeatureFlagEngine {
    /// LIST `schedule/:env`: the flags and identifiers of all changes that wait.
    static func listAllScheduled(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let names = try scope.documents.names(FlagRecords.scheduledChanges, below: environment)
        return try listed(names, environment, scope)
    }

    /// LIST `schedule/:env/:flag`: the changes of a flag that wait, or could not be made.
    static func listScheduled(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let place = FlagScope.path(environment, try scope.name("flag"))
        return try listed(try scope.documents.names(FlagRecords.scheduledChanges, below: place), place, scope)
    }

    /// POST `schedule/:env/:flag {at, change, reason?}`: has a change made at a time.
    ///
    /// It is checked as if it were made now, so that what cannot work is told at once.
    func schedule(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let change = try StateChange(scope)
        guard let text = try request.input.string("at"), let due = Timestamp(parsing: text) else {
            throw .invalid("at: must be an RFC 3339 date and time")
        }
        guard due > request.now else { throw .invalid("at: lies in the past") }
        guard let patch = try request.input.object("change"), !patch.members.isEmpty else {
            throw .invalid("change: must be an object with what is to change of the state")
        }
        _ = try checked(.object(patch), change)
        let scheduled = ScheduledChange(
            id: request.random.base62(12), due: due, patch: .object(patch), reason: try scope.request.reason(),
            author: request.caller.displayName, created: request.now)
        let key = ScheduledChange.key(request.mount.realm, change.environment, change.key, scheduled.id)
        transaction.insert(key, scheduled.encoded)
        var agenda = try Agenda(request.mount.realm, transaction)
        try agenda.set(AgendaItem(.change(id: scheduled.id), change.environment, change.key, due: due))
        return .data(scheduled.data)
    }

    /// GET `schedule/:env/:flag/:id`.
    static func readScheduled(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        .data(try scheduled(FlagScope(request, transaction)).change.data)
    }

    /// DELETE `schedule/:env/:flag/:id`: the change is not made.
    static func deleteScheduled(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        _ = try StateChange(scope)
        let found = try scheduled(scope)
        transaction.delete(found.key)
        var agenda = try Agenda(request.mount.realm, transaction)
        agenda.remove(
            AgendaItem(
                .change(id: found.change.id), try scope.name("env"), try scope.name("flag"), due: found.change.due))
        return .noContent
    }

    /// Makes a scheduled change, as its author; one that cannot be made any more says why, and stays to be seen.
    func make(_ id: String, _ scope: FlagScope) throws(EngineError) -> EngineResponse {
        let request = scope.request
        let (environment, flag) = (request.captures["env"], request.captures["flag"])
        let key = ScheduledChange.key(request.mount.realm, environment, flag, id)
        var agenda = try Agenda(request.mount.realm, scope.transaction)
        let item = AgendaItem(.change(id: id), environment, flag, due: request.now)
        // Another node may have been faster.
        guard agenda.items.contains(where: { $0.isSameWork(as: item) }) else { return .noContent }
        agenda.remove(item)
        guard let bytes = try scope.transaction.get(key) else { return .noContent }
        var scheduled = try ScheduledChange(id: id, decoding: bytes)
        do throws(EngineError) {
            let reason =
                scheduled.reason.utf8.isEmpty
                ? "scheduled on \(scheduled.created.description)" : scheduled.reason
            let author = ChangeAuthor(name: scheduled.author, reason: reason)
            let change = try StateChange(FlagScope(request, scope.transaction, author: author), isGuarded: false)
            _ = try put(try checked(scheduled.patch, change), change, action: "schedule")
            scope.transaction.delete(key)
        } catch {
            guard let reason = error.reasonOfRefusal else { throw error }
            scheduled.failure = reason
            scope.transaction.put(key, scheduled.encoded)
        }
        return .data(scheduled.data)
    }

    private func checked(_ patch: JSON, _ change: StateChange) throws(EngineError) -> FlagState {
        guard let present = change.presentState else {
            throw .status(404, ["the flag has no state in this environment"])
        }
        let state = try EngineError.model { () throws(ModelError) in
            try present.patched(with: patch, definition: change.definition)
        }
        try check(state, change)
        return state
    }

    private static func scheduled(
        _ scope: FlagScope
    ) throws(EngineError) -> (key: StoreKey, change: ScheduledChange) {
        let id = String(decoding: try scope.name("id"), as: UTF8.self)
        let key = ScheduledChange.key(
            scope.request.mount.realm, try scope.name("env"), try scope.name("flag"), id)
        guard let bytes = try scope.transaction.get(key) else { throw .notFound }
        return (key, try ScheduledChange(id: id, decoding: bytes))
    }

    private static func listed(
        _ names: [[UInt8]], _ folder: [UInt8], _ scope: FlagScope
    ) throws(EngineError) -> EngineResponse {
        let keys = names.map { name in
            StoreKey(scope.request.mount.realm, FlagRecords.scheduledChanges, folder + [UInt8(ascii: "/")] + name)
        }
        try scope.transaction.need(keys)
        var found: [(name: String, change: ScheduledChange)] = []
        for (name, key) in zip(names, keys) {
            guard let bytes = try scope.transaction.get(key) else { continue }
            let id = String(decoding: name.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
            found.append((String(decoding: name, as: UTF8.self), try ScheduledChange(id: id, decoding: bytes)))
        }
        guard !found.isEmpty else { return .names([]) }
        found.sort { $0.change.due < $1.change.due }
        return .data([
            "keys": .strings(found.map(\.name)),
            "key_info": .object(JSONObject(found.map { .init(name: $0.name, value: .object($0.change.data)) })),
        ])
    }
}
