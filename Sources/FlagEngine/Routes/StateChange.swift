import EngineKit
import Notation

/// A change of a flag's state in one environment, before it is made.
struct StateChange {
    let scope: FlagScope
    /// The environment's name.
    let environment: [UInt8]
    /// The flag's key.
    let key: [UInt8]
    /// What the flag is.
    let definition: FlagDefinition
    /// The newest version of the state, a deleted one included.
    let last: StoredDocument?
    /// The state before the change, read; `nil` when there is none.
    let presentState: FlagState?

    /// Looks at what the path names.
    ///
    /// - Parameters:
    ///   - capture: which part of the path names the environment.
    ///   - isGuarded: whether protected environments and flags ask for `sudo`.
    init(_ scope: FlagScope, environment capture: String = "env", isGuarded: Bool = true) throws(EngineError) {
        let environment = try scope.environment(capture)
        let found = try scope.definition()
        try self.init(scope, environment, (found.key, found.value), isGuarded: isGuarded)
    }

    /// Looks at the state of a flag in an environment.
    init(
        _ scope: FlagScope, _ environment: (name: [UInt8], value: FlagEnvironment),
        _ flag: (key: [UInt8], definition: FlagDefinition), isGuarded: Bool
    ) throws(EngineError) {
        self.scope = scope
        if isGuarded {
            try scope.request.requireSudo(environment.value.isProtected, "the environment")
            try scope.request.requireSudo(flag.definition.isProtected, "the flag")
        }
        self.environment = environment.name
        key = flag.key
        definition = flag.definition
        last = try scope.documents.current(.state, FlagScope.path(environment.name, flag.key))
        presentState = try last.flatMap { document throws(EngineError) in
            document.isDeleted ? nil : try document.state()
        }
    }

    /// Writes the next version of the state, and notes which overrides stand in it.
    ///
    /// - Parameter override: one that begins with it.
    func write(
        _ content: JSONObject, action: String, beginning override: TargetOverride? = nil,
        marks: (inout StoredDocument) -> Void = { _ in }
    ) throws(EngineError) -> StoredDocument {
        let standing = try scope.overrides(of: key, in: environment) + [override].compactMap { $0 }
        return try scope.write(.state, key, in: environment, after: last, content, action: action) { document in
            document.temporary = standing.filter(\.isChange).map { .object($0.stored) }
            marks(&document)
        }
    }

    /// The state's path.
    var path: [UInt8] { FlagScope.path(environment, key) }
    /// The newest version, when it is not deleted.
    var present: StoredDocument? { last?.isDeleted == false ? last : nil }
    /// The version that `cas` is compared with.
    var versionForCheck: Int { present?.version ?? 0 }
    /// A salt for a state that has none yet.
    var freshSalt: String { scope.request.random.base62(16) }
}
