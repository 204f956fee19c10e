package import EngineKit
import Notation

extension FeatureFlagEngine {
    /// The routes of overrides.
    var overriding: [Route] {
        [
            Route("overrides", "What individuals get for as long as a lease.")
                .taking(["environment", "flag", "targeting_key", "kind", "variation", "ttl", "reason"]).asking()
                .on(.list, serve: Self.listOverrides).on(.update, serve: writeOverride),
            Route("overrides/:id", "What an individual gets for as long as a lease.").asking()
                .on(.read, serve: Self.readOverride).on(.delete, serve: deleteOverride),
        ]
    }

    /// LIST `overrides`.
    static func listOverrides(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try FlagScope(request, transaction).overrides.listing { $0.isShown(to: request) }
    }

    /// GET `overrides/:id`.
    static func readOverride(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try FlagScope(request, transaction).overrides.reading { $0.isShown(to: request) }
    }

    /// POST `overrides {environment, flag, targeting_key, kind?, variation, ttl?, reason?}`: whoever asks needs the
    /// right to write the state itself.
    func writeOverride(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        var override = try scope.wantedOverride()
        try endThoseOver(for: override, scope)
        let change = try StateChange(scope, of: override, isGuarded: true)
        let state = change?.presentState.map { override.begin(in: $0) }
        try scope.checkRight(to: override, targets: state?.targets ?? [override.target])
        guard let change else {
            throw .invalid("there is no flag \"\(override.flag)\", or no environment \"\(override.environment)\"")
        }
        guard let state, let present = change.present else {
            throw .invalid(
                "\"\(override.flag)\" has no state in \"\(override.environment)\": write the state first")
        }
        guard change.definition.index(ofVariation: override.variation) != nil else {
            throw .invalid("variation: is not a variation of the flag")
        }
        for other in try scope.overrides.all() where override.isOfSame(as: other.subject) {
            throw .status(
                409,
                ["targeting_key: there is an override for it already, \"\(other.id)\": wait for its end, or delete it"])
        }
        override.stands(in: try override.isChange ? begin(override, in: state, change).version : present.version)
        var response = try scope.overrides.begin(override)
        if present.killed != nil || !state.isOn {
            response.warnings.append("the flag is off: what individuals get takes effect when it is on")
        }
        return response
    }

    /// Takes back what is over of the same individual, when the background service was not there yet.
    private func endThoseOver(for override: TargetOverride, _ scope: FlagScope) throws(EngineError) {
        for other in try scope.overrides.all() where override.isOfSame(as: other.subject) {
            _ = try endIfOver(other.id, scope.request, scope.transaction)
        }
    }

    /// Takes an override back whose lease has ended.
    ///
    /// - Returns: as `end`; `nil` when there is no such override any more, or it goes on.
    private func endIfOver(
        _ id: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> Bool? {
        guard let override = try FlagScope(request, transaction).overrides.take(ended: id) else { return nil }
        let author = ChangeAuthor(name: override.author, reason: "the lease of the override ended")
        return try end(override.subject, FlagScope(request, transaction, author: author))
    }

    /// DELETE `overrides/:id`: the individual gets at once what it got before. It asks for the right to write the state,
    /// or for `sudo`.
    func deleteOverride(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let revoked = try FlagScope(request, transaction).overrides.revoke { $0.statePath(in: request.mount) }
        guard let override = revoked else { return .noContent }
        let author = ChangeAuthor(name: request.caller.displayName, reason: "the override ended")
        var response = EngineResponse.noContent
        if try !end(override.subject, FlagScope(request, transaction, author: author)) {
            response.warnings.append("there is no target any more: the one before cannot be had again")
        }
        return response
    }

    private func begin(
        _ override: TargetOverride, in state: FlagState, _ change: StateChange
    ) throws(EngineError) -> StoredDocument {
        // How many targets and keys there may be is looked at where a document is read.
        let checked = try EngineError.model { () throws(ModelError) in
            try FlagState(json: state.json, definition: change.definition)
        }
        return try put(checked, change, action: "override", beginning: override)
    }

    /// Takes an override back, as far as the state still says what it says; where the flag, its state or the
    /// environment is gone, so is the override.
    ///
    /// What other flags and segments have to do with the state is as it was, so it is not looked at again, and nothing
    /// can be in the way.
    ///
    /// - Returns: whether the individual has again what it had before, or what somebody gave it since.
    private func end(_ override: TargetOverride, _ scope: FlagScope) throws(EngineError) -> Bool {
        guard let change = try StateChange(scope, of: override, isGuarded: false), let present = change.presentState,
            let state = override.takenBack(from: present, change.definition)
        else { return true }
        _ = try change.write(state.json.objectValue ?? [:], action: "override-end")
        return override.isAsBefore(in: state)
    }
}

/// What the background service does about overrides, as ordinary commits that history shows.
extension FeatureFlagEngine: OverridingEngine {
    package func endedOverrides(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> [String] {
        try FlagScope(request, transaction).overrides.ended()
    }

    package func tendOverride(
        _ id: String, _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let isBack = try endIfOver(id, request, transaction) else { return .noContent }
        return .data(["id": .string(id), "restored": .bool(isBack)])
    }
}
