import EngineKit
import Notation

extension ChangeSetEngine {
    /// LIST `changesets?after=&limit=`, the oldest first.
    static func list(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        let sets = try scope.page()
        guard !sets.isEmpty else { return .names([]) }
        let states = try states(sets, scope)
        let information = zip(sets, states).map { set, state in
            JSONObject.Member(
                name: set.id,
                value: [
                    "state": .string(state), "message": .string(set.message),
                    "author": .string(set.authors.first?.name ?? ""), "items": .integer(set.count),
                    "approvals": .integer(set.approvals.count),
                    "created_time": .string(set.events.first?.time.description ?? ""),
                    "updated_time": .string(set.events.last?.time.description ?? ""),
                ])
        }
        return .data(["keys": .strings(sets.map(\.id)), "key_info": .object(JSONObject(information))])
    }

    /// How far each of a listing's sets has come. What a set is about must be known only where it may miss approvals.
    private static func states(_ sets: [ChangeSet], _ scope: ChangeSetScope) throws(EngineError) -> [String] {
        let rules = try scope.rules()
        let proposed = rules.isEmpty ? [] : try scope.whole(sets.filter { $0.phase == .proposed })
        var paths: [String: [[UInt8]]] = [:]
        for set in proposed {
            paths[set.id] = ItemSequence(set.items, scope.request.vault).elements.map(\.target.path)
        }
        return sets.map { ChangeSetAnswer.state($0, ApprovalState(rules, paths[$0.id] ?? [], $0.approvals)) }
    }

    /// POST `changesets {message, items}`: whoever proposes needs the right to make each of the changes.
    static func propose(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        let message = try message(request)
        guard let message else { throw .invalid("message: is missing") }
        let items = try based(try items(request) ?? [], scope)
        guard !items.isEmpty else { throw .invalid("items: must not be empty") }
        let author = try scope.person()
        let reason = try request.reason()
        let set = scope.insert { id in
            var set = ChangeSet(id: id, message: message, items: items, authors: [author])
            set.note("propose", by: author.name, at: request.now, reason: reason)
            return set
        }
        return .data(try ChangeSetAnswer(scope, set).whole(trying: request.vault))
    }

    /// GET `changesets/:id`: what it would change now, or has changed.
    static func read(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        return .data(try ChangeSetAnswer(scope, try scope.asked()).whole(trying: request.vault.unchecked))
    }

    /// PATCH `changesets/:id {message?, items?}`: takes all approvals back, for nobody approved this; whoever edits it
    /// is one of its authors from now on.
    static func edit(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        var set = try scope.asked()
        guard set.phase.isOpen || set.phase == .rejected else { throw closed(set) }
        let message = try message(request)
        let items = try items(request)
        guard message != nil || items != nil else { throw .invalid("items: there is nothing to change") }
        guard set.takesBack == nil || items == nil else {
            throw .invalid("items: those of a change set that takes another back are what they are")
        }
        let editor = try scope.person()
        if let message { set.message = message }
        // Items that stay are for the current versions from now on: the editor has seen them.
        set.items = try based(items ?? set.items, scope)
        guard !set.items.isEmpty else { throw .invalid("items: must not be empty") }
        set.approvals = []
        set.schedule = nil
        set.phase = .proposed
        if !set.authors.contains(where: { $0.isSame(as: editor) }) { set.authors.append(editor) }
        set.note("edit", by: editor.name, at: request.now, reason: try request.reason())
        try scope.put(set)
        return .data(try ChangeSetAnswer(scope, set).whole(trying: request.vault))
    }

    /// DELETE `changesets/:id`: forgets one; what was applied stays applied, and is in the history of each thing.
    static func withdraw(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        let set: ChangeSet
        do throws(EngineError) {
            set = try scope.asked()
        } catch .notFound {
            return .noContent
        }
        guard set.phase != .applied else {
            throw .status(409, ["the change set is applied: it can be rolled back, and is kept as its record"])
        }
        try scope.delete(set)
        return .noContent
    }

    /// Items for the versions that are current now, or for those that their author names.
    private static func based(_ items: [ChangeItem], _ scope: ChangeSetScope) throws(EngineError) -> [ChangeItem] {
        let sequence = ItemSequence(items, scope.request.vault)
        try sequence.check()
        let reading = ItemReading(scope)
        let declared = sequence.elements.filter { element in
            element.target.kind == .key && element.item.body?["sensitive"]?.boolValue ?? false
        }.map { $0.target.path }
        let found = try sequence.each { element throws(EngineError) -> ChangeItem in
            var item = element.item
            let current = try reading.version(of: element.target)
            let isExpected = item.expected.map { $0 == current.number } ?? true
            item.base = isExpected ? current : ItemVersion(number: item.expected ?? 0)
            let isDeclared = element.target.pathOfKey.map { declared.contains($0) } ?? false
            let isKnown = try reading.isSensitive(element.target)
            item.isSensitive = item.isSensitive || isDeclared || isKnown
            return item
        }
        let size = found.reduce(0) { $0 + $1.stored.serialized().count }
        guard size <= ChangeSet.byteLimit else {
            throw .invalid("items: must have at most \(ChangeSet.byteLimit) bytes as JSON")
        }
        return found
    }

    private static func items(_ request: EngineRequest) throws(EngineError) -> [ChangeItem]? {
        guard let json = request.input.members["items"] else { return nil }
        return try EngineError.model { () throws(ModelError) in
            var items: [ChangeItem] = []
            for field in try ModelField(json: json, path: "items").elements(limit: ChangeSet.itemLimit) {
                items.append(try ChangeItem(field))
            }
            return items
        }
    }

    private static func message(_ request: EngineRequest) throws(EngineError) -> String? {
        guard let message = try request.input.string("message") else { return nil }
        guard message.utf8.count <= 4_096 else { throw .invalid("message: must have at most 4096 bytes") }
        guard !message.utf8.allSatisfy({ $0 == 0x20 }) else { throw .invalid("message: must not be empty") }
        return message
    }

    /// The answer to a decision that comes too late.
    static func closed(_ set: ChangeSet) -> EngineError {
        .status(409, ["the change set is \(set.phase.rawValue)"])
    }
}
