import EngineKit
import Notation

extension FeatureFlagEngine {
    /// GET `definitions/:flag?version=`.
    static func readDefinition(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let key = try scope.name("flag")
        guard let found = try scope.asked(.definition, key) else { throw .notFound }
        return .data(Self.definitionAnswer(key, found))
    }

    /// LIST `definitions`: the keys of all flags, with what to tell about them in a list.
    static func listDefinitions(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let search = try FlagSearch(request.input)
        var keys: [String] = []
        var information = JSONObject()
        for (name, document) in try scope.documents.all(.definition) {
            let definition = try document.definition()
            guard search.matches(name, definition, isArchived: document.isDeleted) else { continue }
            let key = String(decoding: name, as: UTF8.self)
            keys.append(key)
            information.members.append(
                .init(
                    name: key,
                    value: [
                        "type": .string(definition.type.rawValue), "kind": .string(definition.kind.rawValue),
                        "owner": .string(definition.owner), "tags": .strings(definition.tags),
                        "description": .string(definition.description), "archived": .bool(document.isDeleted),
                        "version": .integer(document.version), "updated_time": .string(document.time.description),
                    ]))
        }
        if keys.isEmpty { return .names([]) }
        return .data(["keys": .strings(keys), "key_info": .object(information)])
    }

    /// POST `definitions/:flag`: writes the whole definition.
    func writeDefinition(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let key = try scope.name("flag")
        let value = try EngineError.model { () throws(ModelError) in
            try FlagDefinition(json: .object(scope.content()))
        }
        return try put(value, key, action: "write", scope)
    }

    /// PATCH `definitions/:flag`: an RFC 7396 merge patch.
    func patchDefinition(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (key, _, present) = try scope.definition()
        let value = try EngineError.model { () throws(ModelError) in
            try present.patched(with: .object(scope.content()))
        }
        return try put(value, key, action: "patch", scope)
    }

    /// DELETE `definitions/:flag` archives the flag; with `purge=true` it goes for good, with all its states.
    func deleteDefinition(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let isPurge = try request.input.bool("purge") ?? false
        let (key, document, value) = try scope.definition(archived: isPurge)
        try scope.request.requireSudo(value.isProtected || isPurge, "the flag")
        if let user = try dependents(of: key, scope).first {
            throw .invalid("the flag is a prerequisite of \"\(user.flag)\" in environment \"\(user.environment)\"")
        }
        guard isPurge else {
            _ = try scope.write(
                .definition, key, in: nil, after: document, document.content, action: "archive"
            ) { $0.isDeleted = true }
            return .noContent
        }
        _ = try scope.log.append(.init(flags: [key], time: request.now))
        scope.documents.purge(.definition, key, document)
        transaction.delete(StoreKey(request.mount.realm, FlagRecords.references, key))
        transaction.delete(StoreKey(request.mount.realm, FlagRecords.reviews, key))
        try forget(key, scope)
        for environment in try Environments(scope).all() {
            let path = FlagScope.path(environment.name, key)
            guard let state = try scope.documents.current(.state, path) else { continue }
            scope.documents.purge(.state, path, state)
        }
        return .noContent
    }

    /// POST `revive/:flag`: takes an archived flag back into use.
    func unarchiveDefinition(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        let (key, document, value) = try scope.definition(archived: true)
        guard document.isDeleted else { throw .invalid("the flag is not archived") }
        return try put(value, key, action: "unarchive", scope)
    }

    /// Puts a definition in force, if it may take the place of the one before.
    private func put(
        _ value: FlagDefinition, _ key: [UInt8], action: String, _ scope: FlagScope
    ) throws(EngineError) -> EngineResponse {
        let present = try scope.documents.current(.definition, key)
        try scope.request.checkVersion(present?.version ?? 0)
        var isProtected = value.isProtected
        if let present {
            let earlier = try present.definition()
            isProtected = isProtected || earlier.isProtected
            let used = try variationsInUse(of: key, scope)
            try EngineError.model { () throws(ModelError) in
                try value.check(replacing: earlier, variationsInUse: used)
            }
        }
        try scope.request.requireSudo(isProtected, "the flag")
        try FlagSettings.current(scope).check(key, value)
        let document = try scope.write(
            .definition, key, in: nil, after: present, value.json.objectValue ?? [:], action: action)
        return .data(Self.definitionAnswer(key, document))
    }

    /// The variations that states of the flag, and prerequisites of other flags, name.
    private func variationsInUse(of key: [UInt8], _ scope: FlagScope) throws(EngineError) -> [String] {
        var used: [String] = []
        for environment in try Environments(scope).all() {
            used += try sets.current(scope, environment.name).variationsInUse(
                ofFlag: String(decoding: key, as: UTF8.self))
        }
        return used
    }

    static func definitionAnswer(_ key: [UInt8], _ document: StoredDocument) -> JSONObject {
        let own: JSONObject = ["key": .string(String(decoding: key, as: UTF8.self))]
        var answer = own.joined(with: document.content)
        answer["archived"] = .bool(document.isDeleted)
        return answer.joined(with: document.facts)
    }
}

/// Which flags a listing asks for: `search` in key, description and owner, `tag`, `owner`, `kind`, `archived`.
private struct FlagSearch {
    private let text: [UInt8]?
    private let tag: String?
    private let owner: String?
    private let kind: String?
    private let archived: Bool?

    init(_ input: Input) throws(EngineError) {
        text = try input.string("search").map { Array($0.utf8).asciiLowercased() }
        tag = try input.string("tag")
        owner = try input.string("owner")
        kind = try input.string("kind")
        archived = try input.bool("archived")
    }

    func matches(_ key: [UInt8], _ definition: FlagDefinition, isArchived: Bool) -> Bool {
        if let archived { if archived != isArchived { return false } } else if isArchived { return false }
        if let tag, !definition.tags.contains(where: { $0.utf8.elementsEqual(tag.utf8) }) { return false }
        if let owner, !definition.owner.utf8.elementsEqual(owner.utf8) { return false }
        if let kind, !definition.kind.rawValue.utf8.elementsEqual(kind.utf8) { return false }
        guard let text, !text.isEmpty else { return true }
        return [key, Array(definition.description.utf8), Array(definition.owner.utf8)].contains { field in
            field.asciiLowercased().span.containsBytes(text.span)
        }
    }
}
