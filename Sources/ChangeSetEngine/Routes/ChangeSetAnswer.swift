import EngineKit
import Notation

/// A change set as answers show it to whoever asks.
struct ChangeSetAnswer {
    let scope: ChangeSetScope
    let set: ChangeSet
    private let sequence: ItemSequence

    init(_ scope: ChangeSetScope, _ set: ChangeSet) {
        self.scope = scope
        self.set = set
        sequence = ItemSequence(set.items, scope.request.vault)
    }

    /// The facts and the items, with what they change, what is in the way, and whom they reach.
    ///
    /// - Parameter vault: in whose name it is tried what the items do.
    /// - Throws: `EngineError.status` with 403 when that one may not make all of them.
    func whole(trying vault: any VaultAccess) throws(EngineError) -> JSONObject {
        let making = try PreviewMaking(scope, sequence)
        var problems: [JSON] = []
        let previews: [ItemPreview]
        if let application = set.application {
            previews = try making.back(application)
        } else {
            let found = try making.ahead(vault)
            let denied = found.failures.filter(\.isDenied)
            guard denied.isEmpty else {
                throw .status(403, denied.map { "\($0.element.target.text): permission denied" })
            }
            previews = found.previews
            problems = conflicts(found.previews) + found.failures.map(told)
        }
        var answer = try facts()
        answer["items"] = .array(previews.map(\.proposal))
        answer["diff"] = .array(previews.map(\.difference))
        answer["problems"] = .array(problems)
        answer["affected"] = .array(try Reach(scope, sequence).json())
        return answer
    }

    /// A problem as whoever asks may hear of it.
    private func told(_ failure: ItemSequence.Failure) -> JSON {
        if scope.request.rights.allow(.read, failure.element.target.path) { return Self.problem(failure) }
        var object = failure.element.place
        object["problem"] = "cannot be made; why is not for who may not read it"
        return .object(object)
    }

    /// What is known of the set beside its items.
    func facts() throws(EngineError) -> JSONObject {
        let approval = ApprovalState(try scope.rules(), sequence.elements.map(\.target.path), set.approvals)
        var answer: JSONObject = [
            "id": .string(set.id), "state": .string(Self.state(set, approval)),
            "message": .string(set.message), "author": .string(set.authors.first?.name ?? ""),
            "editors": .strings(set.authors.dropFirst().map(\.name)),
            "created_time": .string(set.events.first?.time.description ?? ""),
            "updated_time": .string(set.events.last?.time.description ?? ""),
            "approvals_needed": .integer(set.phase.isOpen ? approval.missing : 0), "rules": approval.json,
            "approvals": .array(
                set.approvals.map { approval in
                    [
                        "by": .string(approval.person.name), "time": .string(approval.time.description),
                        "reason": .string(approval.reason),
                    ]
                }),
            "history": .array(set.events.map { .object($0.json) }),
        ]
        if let schedule = set.schedule, set.phase == .scheduled {
            answer["scheduled_for"] = .string(schedule.time.description)
            answer["scheduled_by"] = .string(schedule.name)
        }
        if let application = set.application {
            answer["applied_time"] = .string(application.time.description)
            answer["applied_by"] = .string(application.name)
        }
        if let takesBack = set.takesBack { answer["takes_back"] = .string(takesBack) }
        return answer
    }

    /// What answers call how far a set has come: one that is proposed and misses nobody's approval is approved.
    static func state(_ set: ChangeSet, _ approval: ApprovalState) -> String {
        set.phase == .proposed && approval.missing == 0 ? "approved" : set.phase.rawValue
    }

    /// What was written, in a few words: the one event by which audit tells of it.
    func applied(_ application: ChangeSet.Application) throws(EngineError) -> JSONObject {
        var answer = try facts()
        answer["items"] = Self.changes(sequence, application)
        return answer
    }

    /// The items with the versions that they have made.
    static func changes(_ sequence: ItemSequence, _ application: ChangeSet.Application) -> JSON {
        .array(
            zip(sequence.elements, application.changes).map { element, change in
                var object = element.place
                object["op"] = .string(element.item.operation.rawValue)
                object["from_version"] = .integer(change.before.number)
                object["to_version"] = .integer(change.after.number)
                return .object(object)
            })
    }

    /// The items whose things have changed since they were proposed.
    private func conflicts(_ previews: [ItemPreview]) -> [JSON] {
        previews.filter { $0.element.item.base != $0.before }.map { Self.conflict($0.element, $0.before) }
    }

    /// An item that was made for another version than the current one.
    static func conflict(_ element: ItemSequence.Element, _ current: ItemVersion) -> JSON {
        var object = element.place
        object["problem"] = "the current version is not the one that the change was made for"
        object["expected_version"] = .integer(element.item.base.number)
        object["current_version"] = .integer(current.number)
        return .object(object)
    }

    /// An item that cannot be made.
    static func problem(_ failure: ItemSequence.Failure) -> JSON {
        var object = failure.element.place
        object["problem"] = .string(failure.reason)
        return .object(object)
    }

    /// The answer to an attempt that wrote nothing.
    static func refusal(_ obstacle: ChangeSetApplication.Obstacle) -> EngineResponse {
        switch obstacle {
        case .conflicts(let conflicts):
            let items = conflicts.map { conflict($0.element, $0.current) }
            return .raw(
                [
                    "errors": .strings(
                        conflicts.map { "\($0.element.target.text): has changed since it was proposed" }),
                    "data": ["items": .array(items)],
                ], status: 409)
        case .failures(let failures):
            let isDenied = failures.contains(where: \.isDenied)
            return .raw(
                [
                    "errors": .strings(failures.map { "\($0.element.target.text): \($0.reason)" }),
                    "data": ["problems": .array(failures.map(problem))],
                ], status: isDenied ? 403 : 400)
        }
    }
}
