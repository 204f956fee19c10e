import EngineKit
package import Notation

/// A variation that an individual gets for as long as a lease, by a target in the state of a flag.
package struct TargetOverride: OverrideSubject {
    /// The environment's name.
    package let environment: String
    /// The flag's key.
    package let flag: String
    /// The individual's key.
    package let key: String
    /// Whose key it is.
    package let kind: String
    /// What the individual gets.
    package let variation: String
    /// What it had a target for before; `nil` when it had none.
    package private(set) var before: String?
    /// The version of the state that says it.
    package private(set) var version = 0

    /// Describes an override.
    package init(environment: String, flag: String, key: String, kind: String = Target.userKind, variation: String) {
        self.environment = environment
        self.flag = flag
        self.key = key
        self.kind = kind
        self.variation = variation
    }

    package init?(stored json: JSON) {
        guard let environment = json["environment"]?.stringValue, let flag = json["flag"]?.stringValue,
            let key = json["targeting_key"]?.stringValue, let kind = json["kind"]?.stringValue,
            let variation = json["variation"]?.stringValue, let version = json["version"]?.intValue
        else { return nil }
        self.init(environment: environment, flag: flag, key: key, kind: kind, variation: variation)
        before = json["before"]?.stringValue
        self.version = version
    }

    package var stored: JSONObject {
        var stored = told
        if let before { stored["before"] = .string(before) }
        return stored
    }

    package var told: JSONObject {
        [
            "environment": .string(environment), "flag": .string(flag), "targeting_key": .string(key),
            "kind": .string(kind), "variation": .string(variation), "version": .integer(version),
        ]
    }

    // MARK: the state

    /// The target of the individual alone.
    var target: Target { Target(variation: variation, keys: [key], kind: kind) }

    /// Takes a state in which the override is to stand, and notes what the individual had there before.
    ///
    /// - Returns: the state with the override.
    package mutating func begin(in state: FlagState) -> FlagState {
        before = state.variation(targeting: key, kind: kind)
        guard isChange else { return state }
        var state = state
        state.give(variation, to: key, kind: kind)
        return state
    }

    /// Notes the version of the state that says it.
    mutating func stands(in version: Int) { self.version = version }

    /// A state without the override: the individual has the target again that it had before, or none where there is no
    /// such variation or no room for it any more.
    ///
    /// - Returns: the state; `nil` when there is nothing to take back, because the override changed nothing or somebody
    ///   has had the state say something else of the individual since.
    package func takenBack(from state: FlagState, _ definition: FlagDefinition) -> FlagState? {
        guard isChange, let now = state.variation(targeting: key, kind: kind), now.bytesEqual(to: variation) else {
            return nil
        }
        var state = state
        if let before {
            state.give(before, to: key, kind: kind)
            if (try? FlagState(json: state.json, definition: definition)) != nil { return state }
        }
        state.give(nil, to: key, kind: kind)
        return state
    }

    /// Whether another override gives the same individual something of the same flag.
    func isOfSame(as other: TargetOverride) -> Bool {
        isOf(other.flag, in: other.environment) && kind.bytesEqual(to: other.kind) && key.bytesEqual(to: other.key)
    }

    /// Whether the individual gets a variation by it.
    func gives(_ variation: String) -> Bool { self.variation.bytesEqual(to: variation) }

    /// Whether it changes the state of a flag in an environment.
    func isOf(_ flag: String, in environment: String) -> Bool {
        self.flag.bytesEqual(to: flag) && self.environment.bytesEqual(to: environment)
    }

    /// Whether the individual gets something by it that it had no target for before.
    package var isChange: Bool { before.map { !$0.bytesEqual(to: variation) } ?? true }

    /// Whether the individual has in a state what it had before the override.
    func isAsBefore(in state: FlagState) -> Bool {
        guard let before else { return true }
        return state.variation(targeting: key, kind: kind)?.bytesEqual(to: before) ?? false
    }
}

extension Sequence<TargetOverride> {
    /// A state without any of the overrides.
    func takenBack(from state: FlagState, _ definition: FlagDefinition) -> FlagState {
        reduce(state) { $1.takenBack(from: $0, definition) ?? $0 }
    }
}
