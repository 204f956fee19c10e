import Audit
import EngineKit
import Notation
import Storage
import Synchronization
import Testing
@testable import VaultCore
import VaultCrypto

/// Runs a test with a vault of one share that is unsealed, and its root token.
func withUnsealedVault(
    _ settings: Vault.Settings = Vault.Settings(),
    _ body: (_ vault: Vault, _ root: String) async throws -> Void
) async throws {
    let vault = try await Vault(store: MemoryStore(), settings: settings)
    let made = try await vault.initialize(try SealConfiguration(shares: 1, threshold: 1))
    for share in made.shares { try await vault.submit(share) }
    #expect(!vault.sealStatus.isSealed)
    try await body(vault, made.rootToken)
}

/// An answer of the vault.
struct Reply: Sendable {
    let status: UInt16
    let contentType: String?
    let body: [UInt8]
    let json: JSON

    /// Whether the vault decided, whatever it decided.
    var isAnswer: Bool { status < 500 }
    var error: String? { json["errors"]?.arrayValue?.first?.stringValue }
    var data: JSON? { json["data"] }
    var token: String { get throws { try #require(json["auth"]?["client_token"]?.stringValue) } }
    var warnings: [String] { json["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    func texts(_ name: String) -> [String]? { data?[name]?.arrayValue?.compactMap(\.stringValue) }
}

extension Vault {
    /// Sends a request; the path is checked as the bytes behind `/v1/` are.
    @discardableResult
    func ask(
        _ verb: VaultRequest.Verb, _ path: String, as token: String? = nil, _ body: JSON? = nil,
        text: String? = nil, query: [(name: String, value: String)] = [], from address: String = "127.0.0.1",
        at now: Timestamp = .now()
    ) async throws -> Reply {
        let response = await respond(
            to: VaultRequest(
                id: SecureRandom.uuid(), verb: verb, path: try RequestPath(decoding: Array(path.utf8)),
                token: token.map { ClientToken($0.utf8) },
                body: text.map { Array($0.utf8) } ?? body?.serialized() ?? [],
                query: query, remoteAddress: address), now: now)
        return Reply(
            status: response.status, contentType: response.contentType, body: response.body,
            json: response.body.isEmpty ? .null : try JSON(parsing: response.body))
    }

    /// A token with one policy of the given rules, and nothing else.
    func token(_ name: String, _ rules: String, root: String, _ more: JSONObject = [:]) async throws -> String {
        #expect(try await ask(.write, "sys/policies/acl/\(name)", as: root, ["policy": .string(rules)]).status == 204)
        var body: JSONObject = ["policies": [.string(name)], "no_default_policy": true]
        for member in more.members { body[member.name] = member.value }
        return try await ask(.write, "auth/token/create", as: root, .object(body)).token
    }

    /// Puts audit devices in force that the test controls.
    func audit(with devices: [any AuditDevice]) throws {
        let seed = [UInt8](repeating: 1, count: 32)
        let signer = try SigningKey(seed: try SecretBytes(copying: seed.span))
        let old = try #require(running)
        let broker = AuditBroker(
            try devices.enumerated().map { index, device in
                let entry = AuditDeviceEntry(path: "test\(index)/", type: "file", options: [], salt: "salt\(index)")
                // A busy machine is not a hanging device.
                return try AuditBroker.OpenDevice(
                    entry, device: device, signer: signer, deadlineMilliseconds: 600_000)
            })
        publish(
            Running(
                transactor: old.transactor, mounts: old.mounts, policies: old.policies, tokens: old.tokens,
                audit: broker, random: old.random, auditedHeaders: old.auditedHeaders, limits: old.limits,
                crossOrigin: old.crossOrigin, flags: old.flags, configuration: old.configuration))
    }
}

/// A device that keeps what it takes, and can be told to refuse.
final class CountingDevice: AuditDevice {
    private struct State {
        var taken: [UInt8] = []
        var writesLeft = Int.max
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// What was written.
    var text: String { state.withLock { String(decoding: $0.taken, as: UTF8.self) } }

    /// The records that are not checkpoints.
    var records: [JSON] {
        get throws {
            try state.withLock { $0.taken }.split(separator: 0x0a).map { try JSON(parsing: Array($0)) }
                .filter { $0["type"]?.stringValue != "checkpoint" }
        }
    }

    /// Takes so many writes more, and refuses all after them.
    func refuse(after writes: Int) { state.withLock { $0.writesLeft = writes } }

    func write(_ lines: [UInt8]) throws(AuditError) {
        let isTaken = state.withLock { state in
            guard state.writesLeft > 0 else { return false }
            state.writesLeft -= 1
            state.taken += lines
            return true
        }
        guard isTaken else { throw AuditError("refused") }
    }

    func reopen() throws(AuditError) {}
}
