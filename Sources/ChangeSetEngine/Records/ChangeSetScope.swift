import EngineKit
import Notation

/// What a handler works with: the request and the mount's records.
struct ChangeSetScope {
    /// The most change sets that one listing describes.
    private static let listingLimit = 10_000

    let request: EngineRequest
    let transaction: Transaction

    init(_ request: EngineRequest, _ transaction: Transaction) {
        self.request = request
        self.transaction = transaction
    }

    private var realm: Realm { request.mount.realm }

    /// A name that the path captured.
    func name(_ capture: String) throws(EngineError) -> String {
        let name = request.captures.text(capture)
        try EngineError.model { () throws(ModelError) in try DocumentName.check(name, field: capture) }
        return name
    }

    /// The change set that the path names.
    func asked() throws(EngineError) -> ChangeSet { try find(try name("id")) }

    /// A change set.
    func find(_ id: String) throws(EngineError) -> ChangeSet {
        try transaction.need([key(of: id), itemsKey(of: id)])
        guard let bytes = try transaction.get(key(of: id)) else { throw .notFound }
        return try ChangeSet(id, decoding: bytes, items: try transaction.get(itemsKey(of: id)) ?? Array("[]".utf8))
    }

    /// Writes a change set that is there already, and what the agenda says of it.
    func put(_ set: ChangeSet) throws(EngineError) {
        try Agenda(self).note(set)
        transaction.put(key(of: set.id), set.encoded)
        transaction.put(itemsKey(of: set.id), set.encodedItems)
    }

    /// Writes a change set under a name of its own, which begins with the time so that listings are in order.
    func insert(_ set: (String) -> ChangeSet) -> ChangeSet {
        let milliseconds = UInt64(clamping: request.now.nanosecondsSinceEpoch / 1_000_000)
        let digits = String(milliseconds, radix: 16)
        let time = String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
        let made = set("cs-\(time)-\(request.random.base62(8))")
        transaction.insert(key(of: made.id), made.encoded)
        transaction.insert(itemsKey(of: made.id), made.encodedItems)
        return made
    }

    /// Forgets a change set.
    func delete(_ set: ChangeSet) throws(EngineError) {
        try Agenda(self).remove(set.id)
        transaction.delete(key(of: set.id))
        transaction.delete(itemsKey(of: set.id))
    }

    /// The change sets that a listing asks for without their items, the oldest first.
    func page() throws(EngineError) -> [ChangeSet] {
        let listing = try Listing(
            of: Folder(realm, ChangeSetRecords.sets, []), asked: request, isRecursive: true,
            cap: Self.listingLimit + 1)
        let records = try records(listing)
        guard records.count <= Self.listingLimit else {
            throw .invalid("more than \(Self.listingLimit) change sets; ask for fewer with 'limit' and 'after'")
        }
        var found: [ChangeSet] = []
        for (name, bytes) in records {
            found.append(try ChangeSet(String(decoding: name, as: UTF8.self), decoding: bytes))
        }
        return found
    }

    /// Change sets that were read without their items, with them.
    func whole(_ sets: [ChangeSet]) throws(EngineError) -> [ChangeSet] {
        try transaction.need(sets.flatMap { [key(of: $0.id), itemsKey(of: $0.id)] })
        var found: [ChangeSet] = []
        for set in sets { found.append(try find(set.id)) }
        return found
    }

    /// All rules, by name.
    func rules() throws(EngineError) -> [ApprovalRule] {
        var found: [ApprovalRule] = []
        let listing = Listing(of: Folder(realm, ChangeSetRecords.rules, []), isRecursive: true)
        for (name, bytes) in try records(listing) {
            found.append(try Self.rule(String(decoding: name, as: UTF8.self), bytes))
        }
        return found
    }

    /// A rule; `nil` when there is none.
    func rule(_ name: String) throws(EngineError) -> ApprovalRule? {
        try transaction.get(ruleKey(name)).map { bytes throws(EngineError) in try Self.rule(name, bytes) }
    }

    /// Writes a rule.
    func put(_ rule: ApprovalRule) {
        transaction.put(ruleKey(rule.name), JSON.object(rule.json).serialized())
    }

    /// Forgets a rule.
    func deleteRule(_ name: String) { transaction.delete(ruleKey(name)) }

    /// Who asks, for change sets to remember.
    func person() throws(EngineError) -> ChangeSet.Person {
        .init(name: request.caller.displayName, origin: try request.vault.origin(transaction))
    }

    private func itemsKey(of id: String) -> StoreKey { StoreKey(realm, ChangeSetRecords.items, Array(id.utf8)) }

    private func key(of id: String) -> StoreKey { StoreKey(realm, ChangeSetRecords.sets, Array(id.utf8)) }

    private func ruleKey(_ name: String) -> StoreKey { StoreKey(realm, ChangeSetRecords.rules, Array(name.utf8)) }

    private static func rule(_ name: String, _ bytes: [UInt8]) throws(EngineError) -> ApprovalRule {
        do throws(ModelError) {
            if let json = try? JSON(parsing: bytes, limits: .stored) { return try ApprovalRule(name, json: json) }
        } catch {
            throw .internalError("a rule of approval cannot be read: \(error.description)")
        }
        throw .internalError("a rule of approval cannot be read")
    }

    private func records(_ listing: Listing) throws(EngineError) -> [(name: [UInt8], bytes: [UInt8])] {
        let kind = listing.folder.kind
        let names = try transaction.list(listing).names
        try transaction.need(names.map { StoreKey(realm, kind, $0) })
        var found: [(name: [UInt8], bytes: [UInt8])] = []
        for name in names {
            // One that was removed since the names were listed is left out.
            if let bytes = try transaction.get(StoreKey(realm, kind, name)) { found.append((name, bytes)) }
        }
        return found
    }
}
