import EngineKit
import Notation

extension FeatureFlagEngine {
    /// GET `states/:env/:flag?version=&as_of=`.
    static func readState(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        let key = try scope.name("flag")
        guard let found = try scope.asked(.state, FlagScope.path(environment, key)), !found.isDeleted else {
            throw .notFound
        }
        return .data(stateAnswer(environment, key, found))
    }

    /// LIST `states/:env`: the keys of the flags that have a state there, with what to tell about them in a list.
    static func listStates(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (environment, _) = try scope.environment()
        var keys: [String] = []
        var information = JSONObject()
        for (name, document) in try scope.documents.all(.state, below: environment) where !document.isDeleted {
            let key = String(decoding: name, as: UTF8.self)
            keys.append(key)
            information.members.append(
                .init(
                    name: key,
                    value: [
                        "on": document.content["on"] ?? false, "killed": .bool(document.killed != nil),
                        "version": .integer(document.version), "revision": .integer(document.revision),
                        "updated_by": .string(document.author), "updated_time": .string(document.time.description),
                    ]))
        }
        if keys.isEmpty { return .names([]) }
        return .data(["keys": .strings(keys), "key_info": .object(information)])
    }

    /// POST `states/:env/:flag`: writes the whole state.
    func writeState(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try change(request, transaction, action: "write") { change throws(EngineError) in
            let salt = change.presentState?.salt ?? change.freshSalt
            return try EngineError.model { () throws(ModelError) in
                try FlagState(json: .object(change.scope.content()), definition: change.definition, salt: salt)
            }
        }
    }

    /// PATCH `states/:env/:flag`: an RFC 7396 merge patch.
    func patchState(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try change(request, transaction, action: "patch") { change throws(EngineError) in
            guard let present = change.presentState else { throw .notFound }
            return try EngineError.model { () throws(ModelError) in
                try present.patched(with: .object(change.scope.content()), definition: change.definition)
            }
        }
    }

    /// DELETE `states/:env/:flag`: the flag has no state there any more, as before the first write.
    func deleteState(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let change = try StateChange(scope)
        guard let present = change.present else { return .noContent }
        let text = String(decoding: change.key, as: UTF8.self)
        if let user = try dependents(of: change.key, scope, within: change.environment).first {
            throw .invalid("\"\(text)\" is a prerequisite of \"\(user.flag)\" in this environment")
        }
        let place = String(decoding: change.environment, as: UTF8.self)
        try scope.overrides.forget { $0.isOf(text, in: place) }
        _ = try change.write(present.content, action: "delete") { document in
            document.isDeleted = true
            document.killed = nil
        }
        return .noContent
    }

    /// POST `toggle/:env/:flag {on, reason?}`: a boolean flag without a state gets the obvious one.
    func toggle(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let isOn = try request.input.bool("on") else { throw .field("on", "a boolean") }
        return try change(request, transaction, action: "toggle") { change throws(EngineError) in
            if var state = change.presentState {
                state.isOn = isOn
                return state
            }
            guard let off = change.definition.firstFalseVariation,
                let on = change.definition.variations.first(where: { $0.value.boolValue == true })?.name
            else {
                throw .invalid(
                    "the flag has no state in this environment, and only a boolean flag has an obvious one: "
                        + "write the state first")
            }
            return FlagState(
                isOn: isOn, offVariation: off, fallThrough: .variation(on), salt: change.freshSalt)
        }
    }

    /// POST `kill/:env/:flag {reason}`: everyone gets the off variation until the flag is revived.
    func kill(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try mark(request, transaction, action: "kill", killed: request.reason(required: true))
    }

    /// POST `revive/:env/:flag`: ends a kill.
    func revive(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        try mark(request, transaction, action: "revive", killed: nil)
    }

    /// POST `rollback/:env/:flag {version}`: writes an earlier version again, as a new one. A kill stays.
    func rollBack(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let number = try request.input.int("version") else { throw .field("version", "a number of a version") }
        return try change(request, transaction, action: "rollback") { change throws(EngineError) in
            guard let earlier = try change.scope.documents.version(.state, change.path, number), !earlier.isDeleted
            else { throw .invalid("version: there is no such version of the state") }
            // A variation may have gone since; the state must fit the flag as it is now.
            let state = try EngineError.model { () throws(ModelError) in
                try FlagState(json: .object(earlier.content), definition: change.definition)
            }
            return try change.lasting(state, of: earlier)
        }
    }

    private func mark(
        _ request: EngineRequest, _ transaction: Transaction, action: String, killed: String?
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        // The switch for an emergency asks for its own capability and no sudo: whoever may use it may use it at once.
        let change = try StateChange(scope, isGuarded: killed == nil)
        guard let present = change.present else { throw .notFound }
        try scope.request.checkVersion(present.version)
        let marked = try change.write(present.content, action: action) { $0.killed = killed }
        return .data(Self.stateAnswer(change.environment, change.key, marked))
    }

    /// Puts a state in force that `edit` makes, if nothing is wrong with it.
    func change(
        _ request: EngineRequest, _ transaction: Transaction, action: String,
        edit: (StateChange) throws(EngineError) -> FlagState
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let change = try StateChange(scope)
        try scope.request.checkVersion(change.versionForCheck)
        let state = try edit(change)
        let document = try put(state, change, action: action)
        return .data(Self.stateAnswer(change.environment, change.key, document))
    }

    /// Writes a state after the checks that need more than the flag itself.
    ///
    /// - Parameter override: one that begins with it.
    func put(
        _ state: FlagState, _ change: StateChange, action: String, beginning override: TargetOverride? = nil
    ) throws(EngineError) -> StoredDocument {
        try check(state, change)
        return try change.write(state.json.objectValue ?? [:], action: action, beginning: override)
    }

    /// Checks what a state says of other flags and of segments.
    func check(_ state: FlagState, _ change: StateChange) throws(EngineError) {
        guard !state.prerequisites.isEmpty || !state.segmentsInUse.isEmpty else { return }
        let scope = change.scope
        let set = try sets.current(scope, change.environment)
        let flag = String(decoding: change.key, as: UTF8.self)
        try EngineError.model { () throws(ModelError) in
            try set.checkSegments(of: state)
            try set.checkPrerequisites(of: flag, state: state)
        }
    }

    static func stateAnswer(_ environment: [UInt8], _ key: [UInt8], _ document: StoredDocument) -> JSONObject {
        var answer: JSONObject = [
            "key": .string(String(decoding: key, as: UTF8.self)),
            "environment": .string(String(decoding: environment, as: UTF8.self)),
        ]
        answer = answer.joined(with: document.content)
        answer["killed"] = .bool(document.killed != nil)
        if let killed = document.killed { answer["kill_reason"] = .string(killed) }
        return answer.joined(with: document.facts)
    }
}
