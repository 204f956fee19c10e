import EngineKit
import Notation
import Storage
import Testing
import VaultCore
import VaultCrypto

/// Routes that let every living token in, and leave it to the paths that they ask what it may.
@Suite struct DelegatingRouteTests {
    private static let update = "pulse/api/admin/config/limit/update"

    /// A request with what the answer says beside its body.
    private func respond(_ vault: Vault, _ path: String, as token: String?, _ body: JSON) async throws -> VaultResponse
    {
        await vault.respond(
            to: VaultRequest(
                id: SecureRandom.uuid(), verb: .write, path: try RequestPath(decoding: Array(path.utf8)),
                token: token.map { ClientToken($0.utf8) }, body: body.serialized()))
    }

    @Test func strangersAreNotLetIn() async throws {
        try await withUnsealedVault { vault, _ in
            for token in [nil, "hvs.unknown"] {
                let response = try await respond(vault, Self.update, as: token, ["value": 1])
                #expect(response.status == 403 && response.lacksToken)
            }
        }
    }

    @Test(arguments: [
        (#"path "nothing" { capabilities = ["read"] }"#, UInt16(403)),
        (#"path "pulse/*" { capabilities = ["create", "read", "update", "sudo"] }"#, 403),
        (#"path "config/data/global/*" { capabilities = ["create", "update"] }"#, 400),
        (
            #"""
            path "config/data/global/*" { capabilities = ["create", "update"] }
            path "config/keys/*" { capabilities = ["create", "read"] }
            """#, 200
        ),
        (
            #"""
            path "pulse/*" { capabilities = ["deny"] }
            path "config/*" { capabilities = ["create", "read", "update"] }
            """#, 200
        ),
    ])
    func theAskedPathsDecide(_ rules: String, _ status: UInt16) async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token("p", rules, root: root)
            let response = try await respond(vault, Self.update, as: token, ["value": 1])
            #expect(response.status == status && !response.lacksToken)
            // Nothing of it is done where a part of it may not be.
            let key = try await vault.ask(.read, "config/keys/limit", as: root)
            #expect(key.status == (status == 200 ? 200 : 404))
        }
    }

    @Test func whatDoesNotFitIsMarkedForDoorsThatTellItApart() async throws {
        try await withUnsealedVault { vault, root in
            let made = try await respond(vault, Self.update, as: root, ["value": 1, "valueType": "int"])
            #expect(made.status == 200 && made.mismatch == nil)
            let wrong = try await respond(vault, Self.update, as: root, ["value": "CANARY"])
            #expect(wrong.status == 400 && wrong.mismatch == .schema)
            #expect(!String(decoding: wrong.body, as: UTF8.self).contains("CANARY"))
            let late = try await respond(vault, Self.update, as: root, ["value": 2, "version": 7])
            #expect(late.status == 400 && late.mismatch == .version)
            let direct = try await respond(
                vault, "config/data/global/limit", as: root, ["value": 2, "options": ["cas": 7]])
            #expect(direct.status == 400 && direct.mismatch == nil)
        }
    }

    @Test func aRequestIsRecordedOnceWhateverItAsks() async throws {
        try await withUnsealedVault { vault, root in
            let device = CountingDevice()
            try vault.audit(with: [device])
            #expect(try await respond(vault, Self.update, as: root, ["value": 1]).status == 200)
            let paths = try device.records.map { $0["request"]?["path"]?.stringValue }
            #expect(paths == [Self.update, Self.update])
            // Without a record nothing happens.
            device.refuse(after: 0)
            #expect(try await respond(vault, Self.update, as: root, ["value": 2]).status == 500)
        }
    }
}
