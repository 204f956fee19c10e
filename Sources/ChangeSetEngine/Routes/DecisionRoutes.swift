import EngineKit
import Notation

extension ChangeSetEngine {
    /// POST `changesets/:id/approve {reason?}`: each person counts once, and no author counts.
    static func approve(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        var set = try open(scope)
        let person = try scope.person()
        guard !set.authors.contains(where: { $0.isSame(as: person) }) else {
            throw .status(403, ["an author of the change set cannot approve it"])
        }
        let reason = try request.reason()
        set.approvals.removeAll { $0.person.isSame(as: person) }
        set.approvals.append(
            .init(person: person, policies: request.caller.policies, time: request.now, reason: reason))
        set.note("approve", by: person.name, at: request.now, reason: reason)
        return try decided(set, scope)
    }

    /// POST `changesets/:id/reject {reason?}`: it is not applied unless somebody edits it.
    static func reject(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        var set = try open(scope)
        set.phase = .rejected
        set.schedule = nil
        set.note("reject", by: request.caller.displayName, at: request.now, reason: try request.reason())
        return try decided(set, scope)
    }

    /// POST `changesets/:id/schedule {at}`: whoever schedules it needs the right to make each of the changes, and has it
    /// still when the time comes.
    static func schedule(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        var set = try open(scope)
        guard let text = try request.input.string("at"), let time = Timestamp(parsing: text) else {
            throw .field("at", "an RFC 3339 time")
        }
        guard time > request.now else { throw .invalid("at: lies in the past") }
        try requireApprovals(of: set, scope)
        let outcome = try transaction.trial { () throws(EngineError) in
            try ChangeSetApplication(scope, set.items).run()
        }
        if case .refused(let obstacle) = outcome { return ChangeSetAnswer.refusal(obstacle) }
        set.phase = .scheduled
        set.schedule = .init(time: time, name: request.caller.displayName, policies: request.caller.policies)
        set.note("schedule", by: request.caller.displayName, at: request.now, reason: try request.reason())
        return try decided(set, scope)
    }

    /// POST `changesets/:id/apply`: one commit with all items, each for the version it was proposed for.
    static func apply(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        let set = try open(scope)
        try requireApprovals(of: set, scope)
        return try put(set, in: scope, reason: try request.reason()).response
    }

    /// The change set that the path names, which can still be decided about.
    private static func open(_ scope: ChangeSetScope) throws(EngineError) -> ChangeSet {
        let set = try scope.asked()
        guard set.phase.isOpen else { throw closed(set) }
        return set
    }

    /// Writes what was decided, and tells it.
    private static func decided(_ set: ChangeSet, _ scope: ChangeSetScope) throws(EngineError) -> EngineResponse {
        try scope.put(set)
        return .data(try ChangeSetAnswer(scope, set).facts())
    }

    /// Makes the changes of a set, and notes that they are made.
    ///
    /// - Returns: the answer, and whether anything was written.
    static func put(
        _ set: ChangeSet, in scope: ChangeSetScope, reason: String
    ) throws(EngineError) -> (response: EngineResponse, isApplied: Bool) {
        var set = set
        // What is taken back must be there to be taken back, before anything is written.
        if let original = set.takesBack, try scope.find(original).phase != .applied {
            throw .status(409, ["the change set that this one takes back is not in force any more"])
        }
        let application = try ChangeSetApplication(scope, set.items)
        switch try application.run() {
        case .refused(let obstacle): return (ChangeSetAnswer.refusal(obstacle), false)
        case .applied(let done):
            set.phase = .applied
            set.application = done
            set.schedule = nil
            set.note("apply", by: done.name, at: done.time, reason: reason)
            set.forgetSecrets()
            try scope.put(set)
            if let original = set.takesBack { try noteTakenBack(original, in: scope, reason: reason) }
            return (.data(try ChangeSetAnswer(scope, set).applied(done)), true)
        }
    }

    /// Refuses what is not approved by as many as the rules ask for.
    static func requireApprovals(of set: ChangeSet, _ scope: ChangeSetScope) throws(EngineError) {
        let sequence = ItemSequence(set.items, scope.request.vault)
        let missing = ApprovalState(try scope.rules(), sequence.elements.map(\.target.path), set.approvals).missing
        guard missing == 0 else {
            throw .status(403, [missing == 1 ? "1 approval is missing" : "\(missing) approvals are missing"])
        }
    }
}
