import EngineKit

extension ConfigurationEngine {
    /// How many changes may lie between the pictures that are compared.
    private static let changesCompared: UInt64 = 64

    /// GET `watch/:svc?env=&instance=`: the changes of what a place is served, as they happen.
    func watch(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let place = try EffectiveQuestion(scope).place
        // What comes is compared with it.
        _ = try pictures.current(scope)
        let events = ChangeEvents(scope.realm, place)
        let stream = events.stream("watch", after: try request.lastEventNumber()) {
            revision, change, transaction throws(EngineError) in
            try told(revision, change, place, ConfigScope(request, transaction))
        }
        return EngineResponse(.events(stream))
    }

    /// What is told of a change: the keys that differ for the place; `nil` when none does.
    private func told(
        _ revision: UInt64, _ change: ConfigLog.Change, _ place: Place, _ scope: ConfigScope
    ) throws(EngineError) -> [UInt8]? {
        let asItIs = { () throws(EngineError) in
            try ChangeEvents(scope.realm, place).event(revision, change, scope.transaction)
        }
        if change.pinned != nil || change.isRotation { return try asItIs() }
        // What is pinned stands still until the pin is taken away, which is a change too.
        if try Pins(scope).revision(for: place) != nil { return nil }
        let after = try pictures.current(scope)
        guard let before = pictures.picture(scope.realm, before: revision), after.revision >= revision,
            after.revision - before.revision <= Self.changesCompared,
            let changes = try scope.log.changes(after: before.revision, through: after.revision)
        else { return try asItIs() }
        let comparison = PictureComparison(before, after, for: place, changes)
        let (keys, needsRestart) = comparison.differences(by: change, at: revision)
        return keys.isEmpty ? nil : ChangeEvents.event(revision, change, keys, needsRestart)
    }
}
