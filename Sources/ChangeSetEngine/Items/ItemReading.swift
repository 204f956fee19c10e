import EngineKit
import Notation

/// Reads what stands at items' paths, whoever asks: for versions, previews, and writing an earlier version again.
struct ItemReading {
    private let vault: any VaultAccess
    private let transaction: Transaction
    private let now: Timestamp

    /// Reads whoever asks.
    init(_ scope: ChangeSetScope) {
        vault = scope.request.vault.unchecked
        transaction = scope.transaction
        now = scope.request.now
    }

    /// Reads in the caller's name, what is there without regard to the time.
    init(asking vault: any VaultAccess, _ transaction: Transaction) {
        self.vault = vault
        self.transaction = transaction
        now = .latest
    }

    /// The current version.
    func version(of target: ItemTarget) throws(EngineError) -> ItemVersion {
        switch target.kind {
        case .secret: return try versionOfSecret(target)
        case .policy:
            guard let content = try content(of: target), let text = content["policy"]?.stringValue else { return .none }
            // Most say nothing beside their text.
            let said = content.members.count == 1 ? Array(text.utf8) : CanonicalJSON.bytes(of: content)
            return ItemVersion(number: 1, mark: BLAKE2b256.digest(of: said.span).hexadecimal)
        case .flag:
            guard let data = try data(target.path), let number = data["version"]?.intValue else { return .none }
            let created = data["created_time"]?.stringValue ?? ""
            return ItemVersion(
                number: number, mark: data["archived"]?.boolValue == true ? ItemVersion.deleted : created)
        case .config, .key, .state, .segment:
            return ItemVersion(number: try data(target.path)?["version"]?.intValue ?? 0)
        }
    }

    private func versionOfSecret(_ target: ItemTarget) throws(EngineError) -> ItemVersion {
        guard let data = try data(target.path(in: "metadata")) else { return .none }
        let state = SecretState(data, now: now)
        guard state.version > 0 else { return .none }
        return ItemVersion(number: state.version, mark: state.isGone ? ItemVersion.deleted : state.created)
    }

    /// What a version says; `nil` when there is nothing.
    ///
    /// - Parameter number: the version; `nil` for the current one. Policies have the current one only.
    func content(of target: ItemTarget, version number: Int? = nil) throws(EngineError) -> JSONObject? {
        if let number, number < 1 { return nil }
        let query: JSONObject = number.map { ["version": .integer($0)] } ?? [:]
        guard let data = try data(target.path, query) else { return nil }
        switch target.kind {
        case .secret: return data["data"]?.objectValue
        case .policy: return data.only(["policy", "cas_required", "expiration"])
        case .config:
            let isUnset = data["unset"]?.boolValue == true
            let isMasked = data["hmac"] != nil
            return data.only(isMasked ? ["hmac"] : isUnset ? ["unset"] : ["value"])
        case .key, .flag, .state, .segment:
            let facts = StoredDocument.factNames + ["key", "name", "environment"]
            return JSONObject(
                data.members.filter { member in !facts.contains { $0.bytesEqual(to: member.name) } })
        }
    }

    /// Whether the value of an item is one that is shown to few: every secret, and what a sensitive key says.
    func isSensitive(_ target: ItemTarget) throws(EngineError) -> Bool {
        switch target.kind {
        case .secret: return true
        case .config:
            guard let key = target.pathOfKey else { return true }
            return try data(key)?["sensitive"]?.boolValue ?? false
        case .key, .flag, .state, .segment, .policy: return false
        }
    }

    /// The data that a read answers; `nil` when nothing is there.
    func data(_ path: [UInt8], _ query: JSONObject = [:]) throws(EngineError) -> JSONObject? {
        do throws(EngineError) {
            let response = try vault.ask(.read, path, Input(members: query), transaction)
            return response.status ?? 200 < 300 ? response.dataObject : nil
        } catch {
            switch error {
            case .notFound, .unsupportedPath, .unsupportedOperation, .status, .invalid, .mismatch: return nil
            case .permissionDenied, .internalError, .store, .notLoaded, .inconsistentRead: throw error
            }
        }
    }
}
