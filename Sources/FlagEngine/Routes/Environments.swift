import EngineKit
import Notation

/// The environments of a mount: those that every mount begins with, and what was written since.
struct Environments {
    private let scope: FlagScope

    init(_ scope: FlagScope) { self.scope = scope }

    /// What a mount has before anything is written.
    static let initial: [(name: String, value: FlagEnvironment)] = [
        ("dev", FlagEnvironment(type: .development, order: 0)),
        ("staging", FlagEnvironment(type: .staging, order: 1)),
        ("prod", FlagEnvironment(type: .production, order: 2)),
    ]

    /// The environment of a name; `nil` when there is none.
    func find(_ name: [UInt8]) throws(EngineError) -> FlagEnvironment? {
        guard let bytes = try scope.transaction.get(key(name)) else {
            return Self.initial.first { $0.name.utf8.elementsEqual(name) }?.value
        }
        // An empty record says that one of the initial environments was removed.
        return bytes.isEmpty ? nil : try Self.decoded(bytes)
    }

    /// All environments in their order, then by name.
    func all() throws(EngineError) -> [(name: [UInt8], value: FlagEnvironment)] {
        let stored = try scope.documents.names(FlagRecords.environments)
        let initial = Self.initial.map { Array($0.name.utf8) }
        let names = initial + stored.filter { !initial.contains($0) }
        try scope.transaction.need(names.map { key($0) })
        var found: [(name: [UInt8], value: FlagEnvironment)] = []
        for name in names {
            if let value = try find(name) { found.append((name, value)) }
        }
        return found.sorted { left, right in
            left.value.order != right.value.order
                ? left.value.order < right.value.order : left.name.lexicographicallyPrecedes(right.name)
        }
    }

    /// Writes an environment, or removes it.
    func put(_ name: [UInt8], _ value: FlagEnvironment?) {
        scope.transaction.put(key(name), value.map { $0.json.serialized() } ?? [])
    }

    private func key(_ name: [UInt8]) -> StoreKey {
        StoreKey(scope.request.mount.realm, FlagRecords.environments, name)
    }

    private static let unreadable = EngineError.internalError("an environment's record cannot be read")

    private static func decoded(_ bytes: [UInt8]) throws(EngineError) -> FlagEnvironment {
        guard let json = try? JSON(parsing: bytes, limits: .stored) else { throw unreadable }
        do throws(ModelError) { return try FlagEnvironment(json: json) } catch { throw unreadable }
    }
}

extension FeatureFlagEngine {
    /// GET `environments/:env`.
    static func readEnvironment(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let (name, value) = try FlagScope(request, transaction).environment()
        return .data(Self.answer(name, value))
    }

    /// LIST `environments`: the names in their order, with what they are.
    static func listEnvironments(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let all = try Environments(FlagScope(request, transaction)).all()
        let names = all.map { String(decoding: $0.name, as: UTF8.self) }
        let information = zip(names, all).map { name, found in
            JSONObject.Member(name: name, value: found.value.json)
        }
        return .data(["keys": .strings(names), "key_info": .object(JSONObject(information))])
    }

    /// POST `environments/:env`.
    static func writeEnvironment(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let environments = Environments(scope)
        let name = try scope.name("env")
        guard name.count <= 64, !name.contains(UInt8(ascii: ":")) else {
            throw .invalid("env: must be 1 to 64 of the characters A-Z a-z 0-9 . _ -")
        }
        let present = try environments.find(name)
        let value = try EngineError.model { () throws(ModelError) in
            try FlagEnvironment(json: .object(scope.content()))
        }
        let isProtected = (present?.isProtected ?? false) || value.isProtected
        try scope.request.requireSudo(isProtected, "the environment")
        let count = try environments.all().count
        guard present != nil || count < 100 else {
            throw .invalid("a mount can have 100 environments at most")
        }
        environments.put(name, value)
        _ = try scope.log.append(.init(environment: name, time: request.now))
        return .data(Self.answer(name, value))
    }

    /// DELETE `environments/:env`: only where no flag has a state any more.
    static func deleteEnvironment(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (name, value) = try scope.environment()
        try scope.request.requireSudo(value.isProtected, "the environment")
        for kind in [DocumentKind.state, .segment] {
            let items = try scope.documents.all(kind, below: name)
            guard let item = items.first(where: { !$0.document.isDeleted }) else { continue }
            let text = String(decoding: item.name, as: UTF8.self)
            throw .invalid("the environment is in use: \(kind.word) \"\(text)\"")
        }
        Environments(scope).put(name, nil)
        _ = try scope.log.append(.init(environment: name, time: request.now))
        return .noContent
    }

    private static func answer(_ name: [UInt8], _ value: FlagEnvironment) -> JSONObject {
        let own: JSONObject = ["name": .string(String(decoding: name, as: UTF8.self))]
        return own.joined(with: value.json.objectValue ?? [:])
    }
}
