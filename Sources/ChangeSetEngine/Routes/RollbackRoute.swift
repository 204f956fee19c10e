import EngineKit
import Notation

extension ChangeSetEngine {
    /// For how many seconds an applied change set can be taken back without new approvals.
    private static let grace = 3_600

    /// POST `changesets/:id/rollback {reason?, force?}`: takes all items back in one commit.
    ///
    /// Within an hour it happens at once. Later the same approvals are needed as for any change of these paths: where a
    /// rule asks for some, the answer is a new change set that waits for them (202). What somebody has changed since is
    /// a conflict, unless it is to be overwritten (`force`), which asks for approvals at any time.
    static func rollBack(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        let set = try scope.asked()
        guard set.phase == .applied, let application = set.application else { throw closed(set) }
        let reason = try request.reason()
        var items = try InverseItems.of(set)
        let isForced = try request.input.bool("force") ?? false
        if isForced { items = try forced(items, scope) }
        let isLate = request.now > application.time.adding(seconds: grace)
        let sequence = ItemSequence(items, request.vault)
        let missing = ApprovalState(try scope.rules(), sequence.elements.map(\.target.path), []).missing
        // What others have changed since was perhaps approved by others.
        if isLate || isForced, missing > 0 { return try proposeRollback(of: set, items, scope, reason) }
        switch try ChangeSetApplication(scope, items).run() {
        case .refused(let obstacle): return ChangeSetAnswer.refusal(obstacle)
        case .applied(let done):
            let taken = try noteTakenBack(set.id, in: scope, reason: reason)
            var answer = try ChangeSetAnswer(scope, taken).facts()
            answer["items"] = ChangeSetAnswer.changes(sequence, done)
            return .data(answer)
        }
    }

    /// Notes that a change set was taken back.
    @discardableResult
    static func noteTakenBack(
        _ id: String, in scope: ChangeSetScope, reason: String
    ) throws(EngineError) -> ChangeSet {
        var set = try scope.find(id)
        guard set.phase == .applied else { throw closed(set) }
        set.phase = .rolledBack
        set.note("rollback", by: scope.request.caller.displayName, at: scope.request.now, reason: reason)
        try scope.put(set)
        return set
    }

    /// Items that are made whatever is there now.
    private static func forced(_ items: [ChangeItem], _ scope: ChangeSetScope) throws(EngineError) -> [ChangeItem] {
        let versions = try ItemSequence(items, scope.request.vault).versions(ItemReading(scope))
        return zip(items, versions).map { item, current in
            var item = item
            // A deletion that somebody has written over cannot be taken back by what takes a deletion back.
            if item.operation != .undelete { item.base = current }
            return item
        }
    }

    /// Proposes a change set that takes another back.
    private static func proposeRollback(
        of set: ChangeSet, _ items: [ChangeItem], _ scope: ChangeSetScope, _ reason: String
    ) throws(EngineError) -> EngineResponse {
        let author = try scope.person()
        let made = scope.insert { id in
            var made = ChangeSet(id: id, message: "Take back: \(set.message)", items: items, authors: [author])
            made.takesBack = set.id
            made.note("propose", by: author.name, at: scope.request.now, reason: reason)
            return made
        }
        let answer = try ChangeSetAnswer(scope, made).whole(trying: scope.request.vault)
        return EngineResponse(.data(answer), status: 202)
    }
}
