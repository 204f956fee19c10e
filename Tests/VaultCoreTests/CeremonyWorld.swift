import EngineKit
import Identity
import Notation
import Storage
import Testing
import VaultCore
import VaultCrypto

/// An unsealed vault of five shares, three of which are needed, with the people who hold them.
struct CeremonyWorld {
    /// An answer of the vault.
    struct Answer {
        let status: UInt16
        let json: JSON

        var error: String? { json["errors"]?.arrayValue?.first?.stringValue }
        func text(_ name: String) -> String? { json[name]?.stringValue }
        func number(_ name: String) -> Int? { json[name]?.intValue }
        func flag(_ name: String) -> Bool? { json[name]?.boolValue }
        func texts(_ name: String) -> [String] { json[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    }

    let vault: Vault
    let root: String
    let keys: [String]

    /// Makes a vault and unseals it.
    ///
    /// - Parameter isOpenToAnybody: whether rekeying and generating root tokens work without a token.
    init(isOpenToAnybody: Bool = false) async throws {
        var settings = Vault.Settings()
        settings.allowsUnauthenticatedRekey = isOpenToAnybody
        settings.allowsUnauthenticatedGenerateRoot = isOpenToAnybody
        vault = try await Vault(store: MemoryStore(), settings: settings)
        let made = try await vault.initialize(try SealConfiguration(shares: 5, threshold: 3))
        root = made.rootToken
        keys = made.shares.map { share in
            Hexadecimal.encode(share.bytes.withSpan { span in (0..<span.count).map { span[$0] } })
        }
        #expect(try await unseal(keys.prefix(3)).flag("sealed") == false)
    }

    /// Sends a request.
    func send(
        _ verb: VaultRequest.Verb, _ path: String, token: String? = nil, _ body: JSON? = nil,
        query: [(name: String, value: String)] = []
    ) async throws -> Answer {
        let response = await vault.respond(
            to: VaultRequest(
                id: SecureRandom.uuid(), verb: verb, path: try RequestPath(checking: Array(path.utf8)),
                token: token.map { ClientToken($0.utf8) }, body: body?.serialized() ?? [], query: query))
        return Answer(
            status: response.status, json: response.body.isEmpty ? .null : try JSON(parsing: response.body))
    }

    /// Sends a request with the root token.
    func asRoot(
        _ verb: VaultRequest.Verb, _ path: String, _ body: JSON? = nil, query: [(name: String, value: String)] = []
    ) async throws -> Answer {
        try await send(verb, path, token: root, body, query: query)
    }

    /// Gives a key to a path that takes keys under a nonce.
    func give(_ key: String, to path: String, nonce: String) async throws -> Answer {
        try await asRoot(.write, path, ["key": .string(key), "nonce": .string(nonce)])
    }

    /// Gives several keys; the last answer counts.
    func give(_ keys: some Sequence<String>, to path: String, nonce: String) async throws -> Answer {
        var last: Answer?
        for key in keys { last = try await give(key, to: path, nonce: nonce) }
        return try #require(last)
    }

    /// Seals and unseals.
    func reopen(with keys: some Sequence<String>) async throws -> Answer {
        await vault.seal()
        #expect(vault.sealStatus.isSealed)
        return try await unseal(keys)
    }

    /// Submits keys; the last answer counts.
    func unseal(_ keys: some Sequence<String>) async throws -> Answer {
        var last: Answer?
        for key in keys { last = try await send(.write, "sys/unseal", ["key": .string(key)]) }
        return try #require(last)
    }

    /// Begins a rekey.
    ///
    /// - Returns: its nonce.
    func beginRekey(_ shares: Int, _ threshold: Int, verified: Bool = false) async throws -> String {
        let body: JSON = [
            "secret_shares": .integer(shares), "secret_threshold": .integer(threshold),
            "require_verification": .bool(verified),
        ]
        let begun = try await asRoot(.write, "sys/rekey/init", body)
        #expect(begun.status == 200)
        return try #require(begun.text("nonce"))
    }

    /// The policies of a token, as the vault sees them; `nil` when it does not know the token.
    func policies(of token: String) async throws -> [String]? {
        let answer = try await send(.read, "auth/token/lookup-self", token: token)
        return answer.status == 200 ? answer.json["data"]?["policies"]?.arrayValue?.compactMap(\.stringValue) : nil
    }
}
