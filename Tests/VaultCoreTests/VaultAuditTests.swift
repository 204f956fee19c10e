import Audit
import Notation
import Testing
import VaultCore

/// Nothing happens that no device has recorded.
@Suite struct VaultAuditTests {
    @Test func requestThatCannotBeRecordedIsNotCarriedOut() async throws {
        try await withUnsealedVault { vault, root in
            let device = CountingDevice()
            try vault.audit(with: [device])
            device.refuse(after: 0)
            let answer = try await vault.ask(.write, "cubbyhole/a", as: root, ["k": "v"])
            #expect(answer.status == 500 && answer.body == Array(#"{"errors":["internal error"]}"#.utf8))
            try vault.audit(with: [])
            #expect(try await vault.ask(.read, "cubbyhole/a", as: root).status == 404)
        }
    }

    @Test func answerThatCannotBeRecordedIsNotSent() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "cubbyhole/a", as: root, ["k": "CANARY"])
            let device = CountingDevice()
            try vault.audit(with: [device])
            device.refuse(after: 1)
            let read = try await vault.ask(.read, "cubbyhole/a", as: root)
            #expect(read.status == 500 && read.body == Array(#"{"errors":["internal error"]}"#.utf8))
            device.refuse(after: 1)
            let write = try await vault.ask(.write, "cubbyhole/b", as: root, ["k": "v"])
            #expect(write.status == 500)
            device.refuse(after: 100)
            // What was done stays done, and is told by the request's record.
            #expect(try await vault.ask(.read, "cubbyhole/b", as: root).status == 200)
            #expect(!device.text.contains("CANARY"))
        }
    }

    @Test func oneDeviceOfTwoIsEnough() async throws {
        try await withUnsealedVault { vault, root in
            let (bad, good) = (CountingDevice(), CountingDevice())
            bad.refuse(after: 0)
            try vault.audit(with: [bad, good])
            #expect(try await vault.ask(.write, "cubbyhole/a", as: root, ["k": "v"]).status == 204)
            #expect(try good.records.count == 2 && bad.text.isEmpty)
        }
    }

    @Test func refusalStandsWhetherItIsRecordedOrNot() async throws {
        try await withUnsealedVault { vault, root in
            let device = CountingDevice()
            try vault.audit(with: [device])
            #expect(try await vault.ask(.read, "sys/mounts", as: "hvs.none").status == 403)
            let records = try device.records
            #expect(records.map { $0["type"]?.stringValue } == ["request", "response"])
            for record in records {
                #expect(record["error"]?.stringValue?.isEmpty == false)
                #expect(record["auth"]?["policy_results"]?["allowed"]?.boolValue == false)
            }
            device.refuse(after: 0)
            let answer = try await vault.ask(.read, "sys/mounts", as: "hvs.none")
            #expect([403, 500].contains(answer.status) && answer.data == nil)
        }
    }

    @Test func everyRequestIsTwoRecordsWithOneIdentifier() async throws {
        try await withUnsealedVault { vault, root in
            let device = CountingDevice()
            try vault.audit(with: [device])
            let requests: [(VaultRequest.Verb, String, String?)] = [
                (.read, "cubbyhole/none", root), (.list, "cubbyhole", root), (.write, "cubbyhole/a", root),
                (.read, "nowhere/a", root), (.read, "sys/mounts", nil), (.help, "sys/mounts", root),
                (.delete, "sys/seal", root),
            ]
            for (verb, path, token) in requests { _ = try await vault.ask(verb, path, as: token) }
            let records = try device.records
            #expect(records.count == 2 * requests.count)
            for index in stride(from: 0, to: records.count - 1, by: 2) {
                #expect(records[index]["type"]?.stringValue == "request")
                #expect(records[index + 1]["type"]?.stringValue == "response")
                #expect(
                    records[index]["request"]?["id"]?.stringValue == records[index + 1]["request"]?["id"]?.stringValue)
            }
        }
    }

    /// Wrong types for fields of many paths: the error names the field, and the value is nowhere.
    static let wrong: [(VaultRequest.Verb, String, JSON)] = [
        (.write, "kv2/data/a", ["data": "CANARY"]), (.write, "kv2/data/a", ["data": ["CANARY"]]),
        (.write, "kv2/data/a", ["data": [:], "options": "CANARY"]),
        (.write, "kv2/data/a", ["data": [:], "options": ["cas": "CANARY"]]),
        (.write, "kv2/metadata/a", ["max_versions": "CANARY"]),
        (.write, "kv2/metadata/a", ["custom_metadata": "CANARY"]),
        (.write, "kv2/metadata/a", ["cas_required": "CANARY"]),
        (.write, "kv2/config", ["delete_version_after": "CANARY"]),
        (.write, "kv2/config", ["max_versions": ["CANARY"]]), (.write, "kv2/delete/a", ["versions": "CANARY"]),
        (.write, "kv2/undelete/a", ["versions": [["CANARY": 1]]]), (.write, "auth/token/create", ["ttl": "CANARY"]),
        (.write, "auth/token/create", ["num_uses": "CANARY"]),
        (.write, "auth/token/create", ["policies": [["CANARY"]]]),
        (.write, "auth/token/create", ["meta": "CANARY"]), (.write, "auth/token/create", ["renewable": "CANARY"]),
        (.write, "auth/token/create", ["id": ["CANARY"]]), (.write, "auth/token/create", ["period": "CANARY"]),
        (.write, "auth/token/create", ["type": "CANARY"]), (.write, "auth/token/lookup", ["token": ["CANARY"]]),
        (.write, "auth/token/renew-self", ["increment": "CANARY"]),
        (.write, "auth/token/roles/r", ["token_type": "CANARY"]),
        (.write, "auth/token/roles/r", ["token_bound_cidrs": "CANARY"]),
        (.write, "sys/mounts/x", ["type": "kv", "config": "CANARY"]),
        (.write, "sys/mounts/x", ["type": "kv", "options": "CANARY"]),
        (.write, "sys/mounts/x", ["type": "kv", "config": ["max_lease_ttl": "CANARY"]]),
        (.write, "sys/mounts/kv2/tune", ["default_lease_ttl": "CANARY"]),
        (.write, "sys/mounts/kv2/tune", ["listing_visibility": "CANARY"]),
        (.write, "sys/policies/acl/p", ["policy": ["CANARY"]]),
        (.write, "sys/remount", ["from": ["CANARY"], "to": "x"]),
        (.write, "sys/capabilities-self", ["paths": [["CANARY"]]]),
    ]

    @Test func submittedValuesAreNotEchoed() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv2", as: root, ["type": "kv-v2"])
            let device = CountingDevice()
            try vault.audit(with: [device])
            for (verb, path, body) in Self.wrong {
                let answer = try await vault.ask(verb, path, as: root, body)
                let shown = String(decoding: body.serialized(), as: UTF8.self)
                #expect(answer.status == 400, "\(path) \(shown)")
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("CANARY"), "\(path) \(shown)")
            }
            let broken = try await vault.ask(.write, "kv2/data/a", as: root, text: #"{"data": CANARY"#)
            #expect(broken.status == 400 && !String(decoding: broken.body, as: UTF8.self).contains("CANARY"))
            // Names are in clear in audit; one of the bodies has the word as a name.
            let text = device.text.split(separator: "\n").filter { !$0.contains("undelete") }.joined()
            #expect(!text.contains("CANARY"))
        }
    }
}
