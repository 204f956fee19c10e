import EngineKit
import Notation

/// Applies items as one: all of them, when nothing has changed since they were proposed and each can be made.
struct ChangeSetApplication {
    /// Why nothing was applied.
    enum Obstacle {
        /// Something has changed since.
        case conflicts([(element: ItemSequence.Element, current: ItemVersion)])
        /// Items cannot be made.
        case failures([ItemSequence.Failure])
    }

    /// What came of it.
    enum Outcome {
        /// Everything is written, with the versions before and after.
        case applied(ChangeSet.Application)
        /// Nothing is written.
        case refused(Obstacle)
    }

    let scope: ChangeSetScope
    let sequence: ItemSequence
    private let reading: ItemReading

    init(_ scope: ChangeSetScope, _ items: [ChangeItem]) throws(EngineError) {
        self.scope = scope
        sequence = ItemSequence(items, scope.request.vault)
        try sequence.check()
        reading = ItemReading(scope)
    }

    /// Applies the items.
    func run() throws(EngineError) -> Outcome {
        let before = try sequence.versions(reading)
        let conflicts = zip(sequence.elements, before).filter { $0.item.base != $1 }
        guard conflicts.isEmpty else { return .refused(.conflicts(conflicts.map { ($0, $1) })) }
        let policies = try policies()
        var failures: [ItemSequence.Failure] = []
        let after = try scope.transaction.attempt { () throws(EngineError) -> [ItemVersion]? in
            let made = try sequence.perform(before, scope.request.vault, scope.transaction)
            failures = made.compactMap(\.failure)
            return failures.isEmpty ? try versions(after: made) : nil
        }
        guard let after else { return .refused(.failures(failures)) }
        var changes: [(before: ItemVersion, after: ItemVersion, policy: JSONObject?)] = []
        for index in before.indices { changes.append((before[index], after[index], policies[index])) }
        return .applied(.init(time: scope.request.now, name: scope.request.caller.displayName, changes: changes))
    }

    /// The versions after the changes: as they were told, else as they are found.
    private func versions(after made: [ItemSequence.Made]) throws(EngineError) -> [ItemVersion] {
        try zip(sequence.elements, made).mapLoading { element, made throws(EngineError) in
            if case .done(let told?) = made { return told }
            return try reading.version(of: element.target)
        }
    }

    /// What policies say: nothing keeps their versions.
    private func policies() throws(EngineError) -> [JSONObject?] {
        try sequence.each { element throws(EngineError) -> JSONObject? in
            element.target.kind == .policy ? try reading.content(of: element.target) : nil
        }
    }
}
