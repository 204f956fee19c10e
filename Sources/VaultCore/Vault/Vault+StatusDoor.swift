import EngineKit
import Notation
import Storage
import VaultCrypto

/// The paths that work without a key: initialising, unsealing, and asking how things are.
extension Vault {
    /// The answer when the request is for one of these paths; `nil` for all others.
    func statusAnswer(to request: VaultRequest, now: Timestamp) async -> VaultResponse? {
        do throws(EngineError) {
            switch (String(decoding: request.path.bytes, as: UTF8.self), request.verb) {
            case ("sys/init", .read): return raw(["initialized": .bool(sealStatus.configuration != nil)])
            case ("sys/init", .write): return try await initialize(input(request))
            case ("sys/seal-status", .read): return raw(statusFields)
            case ("sys/unseal", .write): return try await unseal(input(request))
            case ("sys/health", .read): return try health(request, now)
            case ("sys/leader", .read): return raw(leaderFields)
            case ("sys/init", let verb), ("sys/seal-status", let verb), ("sys/unseal", let verb),
                ("sys/health", let verb), ("sys/leader", let verb):
                return verb == .help ? nil : VaultResponse(EngineError.unsupportedOperation)
            default: return nil
            }
        } catch {
            return VaultResponse(error)
        }
    }

    private func raw(_ object: JSONObject, status: UInt16 = 200) -> VaultResponse {
        VaultResponse(status: status, contentType: "application/json", body: JSON.object(object).serialized())
    }

    private func input(_ request: VaultRequest) throws(EngineError) -> Input {
        try RequestInput.read(request, isAuthenticated: false)
    }

    private func initialize(_ input: Input) async throws(EngineError) -> VaultResponse {
        if sealStatus.configuration != nil { throw .invalid("Vault is already initialized") }
        for field in ["pgp_keys", "root_token_pgp_key", "recovery_pgp_keys"] {
            if let keys = try input.list(field), !keys.isEmpty { throw .invalid("PGP keys are not supported") }
        }
        let recovery = [try input.int("recovery_shares") ?? 0, try input.int("recovery_threshold") ?? 0]
        if recovery != [0, 0] {
            throw .invalid("parameters recovery_shares,recovery_threshold not applicable to seal type shamir")
        }
        let configuration: SealConfiguration
        do throws(SealConfigurationError) {
            configuration = try SealConfiguration(
                shares: try Self.given(input, "secret_shares"), threshold: try Self.given(input, "secret_threshold"))
        } catch {
            throw .invalid("invalid seal configuration: \(error.reason)")
        }
        let made: InitializedVault
        do throws(SealError) {
            made = try await initialize(configuration)
        } catch .alreadyInitialized {
            throw .invalid("Vault is already initialized")
        } catch {
            throw .internalError("\(error)")
        }
        // The shares leave the server here and nowhere else.
        let keys = made.shares.map { share in share.bytes.withSpan { span in (0..<span.count).map { span[$0] } } }
        return raw([
            "keys": .strings(keys.map { Hexadecimal.encode($0) }),
            "keys_base64": .strings(keys.map { Base64.encode($0) }),
            "root_token": .string(made.rootToken),
        ])
    }

    /// A number of a request, 0 when it is missing or not a number that fits.
    private static func given(_ input: Input, _ field: String) throws(SealConfigurationError) -> Int {
        (try? input.int(field)).flatMap { $0 } ?? 0
    }

    private func unseal(_ input: Input) async throws(EngineError) -> VaultResponse {
        if try input.bool("reset") ?? false {
            guard resetUnseal() else { throw .invalid("vault is unsealed") }
            return raw(statusFields)
        }
        guard let text = try input.string("key"), !text.utf8.isEmpty else {
            throw .invalid("'key' must be specified in request body as JSON, or 'reset' set to true")
        }
        if sealStatus.configuration == nil { throw .invalid("Vault is not initialized") }
        guard let share = Shamir.Share(text: text) else { throw .invalid("'key' must be a valid hex or base64 string") }
        do throws(UnsealFailure) {
            try await submit(share)
        } catch {
            switch error {
            case .notInitialized: throw .invalid("Vault is not initialized")
            case .invalidKey: throw .invalid("Unseal failed, invalid key")
            case .notReady(let reason): throw .status(500, ["the vault could not be opened: \(reason)"])
            }
        }
        return raw(statusFields)
    }

    private var statusFields: JSONObject {
        let status = sealStatus
        var fields: JSONObject = [
            "type": "shamir", "initialized": .bool(status.configuration != nil), "sealed": .bool(status.isSealed),
            "t": .integer(status.configuration?.threshold ?? 0), "n": .integer(status.configuration?.shares ?? 0),
            "progress": .integer(status.progress), "nonce": .string(status.nonce),
            "version": .string(ProductVersion.reported), "build_date": "", "migration": false,
        ]
        addCluster(to: &fields)
        fields["recovery_seal"] = false
        fields["storage_type"] = .string(store.kind)
        return fields
    }

    private func addCluster(to fields: inout JSONObject) {
        guard let cluster = try? barrier.cluster else { return }
        fields["cluster_name"] = .string(String(decoding: cluster.name, as: UTF8.self))
        fields["cluster_id"] = .string(Self.uuidText(cluster.id))
    }

    private static func uuidText(_ bytes: [UInt8]) -> String {
        let digits = Hexadecimal.encode(bytes).utf8
        var text: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private var leaderFields: JSONObject {
        [
            "ha_enabled": false, "is_self": false, "active_time": "0001-01-01T00:00:00Z", "leader_address": "",
            "leader_cluster_address": "", "performance_standby": false, "performance_standby_last_remote_wal": 0,
        ]
    }

    private func health(_ request: VaultRequest, _ now: Timestamp) throws(EngineError) -> VaultResponse {
        let query = Input(
            members: JSONObject(request.query.map { JSONObject.Member(name: $0.name, value: .string($0.value)) }))
        let code = { (name: String, standard: Int) throws(EngineError) -> UInt16 in
            let value = try query.int(name) ?? standard
            guard let code = UInt16(exactly: value), (100...599).contains(code) else {
                throw .field(name, "an HTTP status")
            }
            return code
        }
        let status = sealStatus
        let active = try code("activecode", 200)
        let sealed = try code("sealedcode", 503)
        let uninitialized = try code("uninitcode", 501)
        var fields: JSONObject = [
            "initialized": .bool(status.configuration != nil), "sealed": .bool(status.isSealed), "standby": false,
            "performance_standby": false,
            "replication_performance_mode": .string(status.isSealed ? "unknown" : "disabled"),
            "replication_dr_mode": .string(status.isSealed ? "unknown" : "disabled"),
            "server_time_utc": .integer(now.seconds), "version": .string(ProductVersion.reported), "enterprise": false,
            "pulsevault_version": .string(ProductVersion.own),
        ]
        addCluster(to: &fields)
        return raw(fields, status: status.configuration == nil ? uninitialized : status.isSealed ? sealed : active)
    }
}
