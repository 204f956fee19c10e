import Notation
import Testing
import VaultCore

/// The shapes of answers.
@Suite struct VaultEnvelopeTests {
    @Test func everySuccessHasAllMembersOfTheEnvelope() async throws {
        try await withUnsealedVault { vault, root in
            let read = try await vault.ask(.read, "auth/token/lookup-self", as: root)
            #expect(read.status == 200 && read.contentType == "application/json")
            let names = try #require(read.json.objectValue).members.map(\.name)
            #expect(
                names == [
                    "request_id", "lease_id", "renewable", "lease_duration", "data", "wrap_info", "warnings", "auth",
                    "mount_type",
                ])
            #expect(read.json["request_id"]?.stringValue?.utf8.count == 36 && read.json["lease_id"]?.stringValue == "")
            #expect(read.json["renewable"]?.boolValue == false && read.json["lease_duration"]?.intValue == 0)
            for name in ["wrap_info", "warnings", "auth"] {
                if case .null? = read.json[name] {} else { Issue.record("\(name) is not null") }
            }
        }
    }

    @Test func authBlockIsWhole() async throws {
        try await withUnsealedVault { vault, root in
            let made = try await vault.ask(
                .write, "auth/token/create", as: root, ["policies": "p", "meta": ["a": "b"]])
            let auth = try #require(made.json["auth"]?.objectValue)
            for name in [
                "client_token", "accessor", "policies", "token_policies", "metadata", "lease_duration", "renewable",
                "entity_id", "token_type", "orphan", "mfa_requirement", "num_uses",
            ] { #expect(auth[name] != nil, "\(name)") }
            #expect(auth["metadata"]?["a"]?.stringValue == "b" && auth["lease_duration"]?.intValue == 2_764_800)
            if case .null? = made.json["data"] {} else { Issue.record("data is not null") }
        }
    }

    @Test func olderPathsRepeatTheirDataAtTheTop() async throws {
        try await withUnsealedVault { vault, root in
            for path in ["sys/mounts", "sys/auth", "sys/policy", "sys/audit", "sys/key-status"] {
                let answer = try await vault.ask(.read, path, as: root)
                let data = try #require(answer.data?.objectValue, "\(path)")
                for member in data.members {
                    #expect(answer.json[member.name]?.serialized() == member.value.serialized(), "\(path)")
                }
            }
            #expect(try await vault.ask(.list, "sys/policies/acl", as: root).json["keys"] == nil)
        }
    }

    @Test func errorsHaveOneShape() async throws {
        try await withUnsealedVault { vault, root in
            let missing = try await vault.ask(.read, "cubbyhole/none", as: root)
            #expect(missing.status == 404 && missing.body == Array(#"{"errors":[]}"#.utf8))
            let empty = try await vault.ask(.list, "cubbyhole", as: root)
            #expect(empty.status == 404 && empty.body == Array(#"{"errors":[]}"#.utf8))
            let anonymous = try await vault.ask(.read, "cubbyhole/none")
            #expect(anonymous.status == 403 && anonymous.body == Array(#"{"errors":["permission denied"]}"#.utf8))
            let token = try await vault.token("p", #"path "x" { capabilities = ["read"] }"#, root: root)
            let denied = try await vault.ask(.read, "sys/mounts", as: token)
            #expect(denied.status == 403 && denied.error == "1 error occurred:\n\t* permission denied\n\n")
            let nowhere = try await vault.ask(.read, "no/where", as: root)
            #expect(nowhere.status == 404)
            #expect(nowhere.error == "no handler for route \"no/where\". route entry not found.")
            let operation = try await vault.ask(.delete, "sys/seal", as: root)
            #expect(operation.status == 405 && operation.error == "1 error occurred:\n\t* unsupported operation\n\n")
            #expect(try await vault.ask(.read, "auth/token/nothing", as: root).status == 404)
            let slash = try await vault.ask(.write, "cubbyhole/a/", as: root, ["a": 1])
            #expect(slash.status == 400 && slash.error == "cannot write to a path ending in '/'")
            for answer in [missing, empty, anonymous, denied, nowhere, operation, slash] {
                #expect(answer.contentType == "application/json")
            }
        }
    }

    @Test(arguments: ["{", "[]", "7", "\"x\"", "{\"a\":1}{", "{\"a\":1,\"a\":2}", "{'a':1}", "\u{FEFF}{}", "nul"])
    func bodiesThatAreNoObjectsAreRefused(text: String) async throws {
        try await withUnsealedVault { vault, root in
            let answer = try await vault.ask(.write, "cubbyhole/a", as: root, text: text)
            #expect(answer.status == 400)
            #expect(answer.error?.utf8.starts(with: "failed to decode JSON input: ".utf8) == true)
        }
    }

    @Test func numbersKeepTheirSpelling() async throws {
        try await withUnsealedVault { vault, root in
            let text = #"{"big":12345678901234567890,"one":1.0,"exp":1E2,"caf\u00e9":"\ud83d\ude00"}"#
            #expect(try await vault.ask(.write, "cubbyhole/a", as: root, text: text).status == 204)
            let data = try #require(try await vault.ask(.read, "cubbyhole/a", as: root).data?.objectValue)
            for (name, number) in [("big", "12345678901234567890"), ("one", "1.0"), ("exp", "1E2")] {
                if case .number(number)? = data[name] {} else { Issue.record("\(name) has another spelling") }
            }
            #expect(data["caf\u{E9}"]?.stringValue == "\u{1F600}")
        }
    }

    @Test func helpIsForEverybodyWithAToken() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token("p", #"path "x" { capabilities = ["deny"] }"#, root: root)
            let help = try await vault.ask(.help, "sys/mounts", as: token)
            #expect(help.status == 200 && help.json["help"]?.stringValue?.isEmpty == false && help.json["data"] == nil)
            #expect(try await vault.ask(.help, "sys/mounts").status == 403)
        }
    }
}
