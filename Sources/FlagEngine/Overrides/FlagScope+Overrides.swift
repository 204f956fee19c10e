import EngineKit
import Notation

extension FlagScope {
    /// The mount's overrides.
    var overrides: Overrides<TargetOverride> { Overrides(FlagRecords.overrides, request, transaction) }

    /// The overrides that stand in the state of a flag.
    func overrides(of flag: [UInt8], in environment: [UInt8]) throws(EngineError) -> [TargetOverride] {
        let (flag, environment) = (String(decoding: flag, as: UTF8.self), String(decoding: environment, as: UTF8.self))
        return try overrides.all().map(\.subject).filter { $0.isOf(flag, in: environment) }
    }

    /// The override that a request asks for.
    func wantedOverride() throws(EngineError) -> TargetOverride {
        let key = request.input.members["targeting_key"]?.stringValue ?? ""
        guard (1...ModelLimits.keyBytes).contains(key.utf8.count) else {
            throw .invalid("targeting_key: must be a string of 1 to \(ModelLimits.keyBytes) bytes")
        }
        return TargetOverride(
            environment: try wantedName("environment"), flag: try wantedName("flag"), key: key,
            kind: try wantedName("kind", otherwise: Target.userKind), variation: try wantedName("variation"))
    }

    private func wantedName(_ field: String, otherwise usual: String = "") throws(EngineError) -> String {
        let name = try request.input.string(field) ?? usual
        try EngineError.model { () throws(ModelError) in try DocumentName.check(name, field: field) }
        return name
    }

    /// Refuses an override to a caller who may not write the state with the targets that it makes.
    func checkRight(to override: TargetOverride, targets: [Target]) throws(EngineError) {
        if request.caller.isRoot { return }
        var members: JSONObject = ["targets": .array(targets.map(\.json))]
        if let reason = request.input.members["reason"] { members["reason"] = reason }
        guard request.rights.allow(.update, override.statePath(in: request.mount), with: members) else {
            throw .permissionDenied(reason: "the state may not be written with this token")
        }
    }

    /// A state without what overrides put into it: what of it lasts.
    func withoutOverrides(
        _ state: FlagState, of change: StateChange, in environment: [UInt8]
    ) throws(EngineError) -> FlagState {
        try overrides(of: change.key, in: environment).takenBack(from: state, change.definition)
    }
}

extension TargetOverride {
    /// The path of the state that it changes.
    func statePath(in mount: MountContext) -> [UInt8] { mount.path + Array("states/\(environment)/\(flag)".utf8) }

    /// Whether somebody may see it: who may see the state.
    func isShown(to request: EngineRequest) -> Bool {
        request.caller.isRoot || request.rights.allow(.read, statePath(in: request.mount))
    }
}

extension StateChange {
    /// What an earlier version of the state says, without the overrides that stood in it then and are over.
    func lasting(_ state: FlagState, of earlier: StoredDocument) throws(EngineError) -> FlagState {
        let standing = try scope.overrides(of: key, in: environment)
        let over = earlier.temporary.compactMap { TargetOverride(stored: $0) }.filter { override in
            !standing.contains { $0.isOfSame(as: override) && $0.gives(override.variation) }
        }
        return over.takenBack(from: state, definition)
    }

    /// Looks at the state that an override changes; `nil` where the environment or the flag is gone.
    ///
    /// - Parameter isGuarded: whether it is to begin: then protected environments and flags ask for `sudo`, and an
    ///   archived flag is none. Its end is nobody's to forbid.
    init?(_ scope: FlagScope, of override: TargetOverride, isGuarded: Bool) throws(EngineError) {
        let (environment, key) = (Array(override.environment.utf8), Array(override.flag.utf8))
        guard let found = try Environments(scope).find(environment),
            let flag = try scope.documents.current(.definition, key), !isGuarded || !flag.isDeleted
        else { return nil }
        try self.init(scope, (environment, found), (key, try flag.definition()), isGuarded: isGuarded)
    }
}
