import EngineKit
import Identity
import Notation
import Storage
import Testing
import VaultCore
import VaultCrypto

/// An unsealed vault with a secret at `kv/x`, for wrapping and leases.
struct WrappingWorld {
    /// An answer of the vault.
    struct Answer {
        let status: UInt16
        let json: JSON

        var error: String? { json["errors"]?.arrayValue?.first?.stringValue }
        var isRefusedAsWrappingToken: Bool {
            status == 400 && error == "wrapping token is not valid or does not exist"
        }
    }

    let vault: Vault
    let root: String

    init() async throws {
        var settings = Vault.Settings()
        settings.allowsAuditDevices = true
        vault = try await Vault(store: MemoryStore(), settings: settings)
        let made = try await vault.initialize(try SealConfiguration(shares: 1, threshold: 1))
        root = made.rootToken
        let key = made.shares[0].bytes.withSpan { span in (0..<span.count).map { span[$0] } }
        #expect(try await send(.write, "sys/unseal", ["key": .string(Hexadecimal.encode(key))]).status == 200)
        #expect(try await send(.write, "sys/mounts/kv", token: root, ["type": "kv"]).status == 204)
        let secret: JSON = ["a": "b", "n": .number("1.0")]
        #expect(try await send(.write, "kv/x", token: root, secret).status == 204)
    }

    /// Sends a request.
    func send(
        _ verb: VaultRequest.Verb, _ path: String, token: String? = nil, _ body: JSON? = nil, wrapTTL: Int? = nil,
        query: [(name: String, value: String)] = [], id: String = SecureRandom.uuid()
    ) async throws -> Answer {
        let response = await vault.respond(
            to: VaultRequest(
                id: id, verb: verb, path: try RequestPath(checking: Array(path.utf8)),
                token: token.map { ClientToken($0.utf8) }, body: body?.serialized() ?? [], query: query,
                wrapTTL: wrapTTL))
        return Answer(
            status: response.status, json: response.body.isEmpty ? .null : try JSON(parsing: response.body))
    }

    /// Wraps a value.
    ///
    /// - Returns: the wrapping token.
    func wrap(_ value: JSON, seconds: Int = 60) async throws -> String {
        let answer = try await send(.write, "sys/wrapping/wrap", token: root, value, wrapTTL: seconds)
        return try #require(answer.json["wrap_info"]?["token"]?.stringValue)
    }

    /// Opens a wrapping token as root.
    func unwrap(_ token: String) async throws -> Answer {
        try await send(.write, "sys/wrapping/unwrap", token: root, ["token": .string(token)])
    }

    /// A record as it is stored.
    func stored(_ key: StoreKey) async throws -> [UInt8]? {
        try await #require(vault.running).transactor.run { transaction throws(EngineError) in
            try transaction.get(key)
        }.answer
    }

    /// A token with a policy of these rules and nothing else.
    func token(rules: String) async throws -> String {
        let policy = try await send(.write, "sys/policies/acl/rules", token: root, ["policy": .string(rules)])
        #expect(policy.status == 204)
        let made = try await send(.write, "auth/token/create", token: root, ["policies": ["rules"]])
        return try #require(made.json["auth"]?["client_token"]?.stringValue)
    }
}

/// Whether two JSON values were written alike.
func == (left: JSON?, right: JSON?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (let left?, let right?): left.isIdentical(to: right)
    default: false
    }
}

/// Whether two JSON values were written differently.
func != (left: JSON?, right: JSON?) -> Bool { !(left == right) }
