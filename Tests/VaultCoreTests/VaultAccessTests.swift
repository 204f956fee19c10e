import EngineKit
import Notation
import Testing
import VaultCore

/// Who may do what, and that nobody learns more.
@Suite struct VaultAccessTests {
    /// A small generator with a seed (xorshift, Marsaglia 2003), so that a failure can be repeated.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    static let seeds: [UInt64] = Array(1...12)

    private static func rules(_ dice: inout Dice) -> String {
        let patterns = ["kv/*", "kv/a", "kv/a/*", "kv/+/b", "kv/b*", "kv/a/b", "kv/", "kv/a/", "kv/+/+", "*"]
        let words = ["create", "read", "update", "delete", "list", "patch", "deny"]
        return patterns.shuffled(using: &dice).prefix(3).map { pattern in
            let names = words.filter { $0 != "deny" || UInt8.random(in: 0...3, using: &dice) == 0 }
                .shuffled(using: &dice).prefix(2).map { "\"\($0)\"" }
            return "path \"\(pattern)\" { capabilities = [\(names.joined(separator: ", "))] }"
        }.joined(separator: "\n")
    }

    /// What `sys/capabilities` says is what happens.
    @Test(arguments: seeds) func capabilitiesAreWhatIsEnforced(seed: UInt64) async throws {
        var dice = Dice(state: seed &* 0x9e37_79b9_7f4a_7c15)
        for _ in 0..<20 { _ = dice.next() }
        let rules = Self.rules(&dice)
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv", as: root, ["type": "kv"])
            for path in ["kv/a/b", "kv/b/x"] { _ = try await vault.ask(.write, path, as: root, ["k": "v"]) }
            let token = try await vault.token("p", rules, root: root)
            for path in ["kv/a", "kv/a/b", "kv/a/c", "kv/b", "kv/b/x", "kv/c/b", "kv/none", "kv/a/b/c"] {
                let known = { (path: String) in
                    let body: JSON = ["token": .string(token), "paths": [.string(path)]]
                    return try await vault.ask(.write, "sys/capabilities", as: root, body).texts("capabilities") ?? []
                }
                let words = try await known(path)
                let exists = try await vault.ask(.read, path, as: root).status == 200
                let outcomes: [(String, VaultRequest.Verb)] = [
                    ("read", .read), ("patch", .patch), (exists ? "update" : "create", .write), ("delete", .delete),
                ]
                for (word, verb) in outcomes {
                    let status = try await vault.ask(verb, path, as: token, verb == .write ? ["k": "v"] : nil).status
                    #expect((status != 403) == words.contains(word), "\(word) \(path): \(words)\n\(rules)")
                    if exists { _ = try await vault.ask(.write, path, as: root, ["k": "v"]) }
                    if !exists { _ = try await vault.ask(.delete, path, as: root) }
                }
                let listed = try await vault.ask(.list, path, as: token).status
                #expect((listed != 403) == (try await known(path + "/").contains("list")), "list \(path)\n\(rules)")
            }
        }
    }

    @Test func capabilitiesAnswerInVaultsWords() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token(
                "p",
                """
                path "a" { capabilities = ["update", "read", "sudo"] }
                path "sys/capabilities*" { capabilities = ["update"] }
                """, root: root)
            let own = try await vault.ask(.write, "sys/capabilities-self", as: token, ["paths": ["a", "b"]])
            #expect(own.texts("a") == ["read", "sudo", "update"] && own.texts("b") == ["deny"])
            #expect(own.data?["capabilities"] == nil && own.json["a"] != nil)
            let one = try await vault.ask(.write, "sys/capabilities-self", as: root, ["path": "x"])
            #expect(one.texts("capabilities") == ["root"] && one.texts("x") == ["root"])
            let mistakes: [(String, JSON, String)] = [
                ("capabilities", ["paths": "a"], "missing token"), ("capabilities-self", [:], "paths must be supplied"),
                ("capabilities", ["token": "hvs.none", "paths": "a"], "invalid token"),
                ("capabilities-accessor", ["accessor": "none", "paths": "a"], "invalid accessor"),
            ]
            for (path, body, message) in mistakes {
                let answer = try await vault.ask(.write, "sys/\(path)", as: root, body)
                #expect(answer.status == 400 && answer.error == message)
            }
            let weak = try await vault.token("q", #"path "a" { capabilities = ["read"] }"#, root: root)
            #expect(
                try await vault.ask(.write, "sys/capabilities", as: weak, ["token": .string(root), "paths": "a"]).status
                    == 403)
        }
    }

    /// Paths below mounts that exist, and below some that do not.
    static let probes: [String] = (0..<25).flatMap { index in
        [["kv", "kv2/data", "sys/mounts", "auth/token", "cubbyhole"][index % 5], "none\(index)"].map {
            "\($0)/p\(index)"
        }
    }

    @Test func anonymousCallersCannotProbeForMounts() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/kv", as: root, ["type": "kv"])
            _ = try await vault.ask(.write, "sys/mounts/kv2", as: root, ["type": "kv-v2"])
            let weak = try await vault.token("p", #"path "x" { capabilities = ["read"] }"#, root: root)
            let verbs: [VaultRequest.Verb] = [.read, .write, .delete, .list, .patch, .scan]
            for (token, expected) in [
                (nil, "permission denied"), ("hvs.none", "permission denied"), ("hvb.none", "permission denied"),
                ("", "permission denied"), (weak, "1 error occurred:\n\t* permission denied\n\n"),
            ] as [(String?, String)] {
                for verb in verbs {
                    for text in verb == .write ? ["", "{}", #"{"data":7,"options":[]}"#] : [""] {
                        var bodies: Set<[UInt8]> = []
                        for path in Self.probes + ["sys/internal/specs", "sys/raw/core"] {
                            let answer = try await vault.ask(verb, path, as: token, text: text)
                            #expect(answer.status == 403 && answer.error == expected, "\(verb) \(path) \(text)")
                            bodies.insert(answer.body)
                        }
                        #expect(bodies.count == 1)
                    }
                }
                for path in ["sys/internal/ui/mounts/kv", "sys/internal/ui/mounts/none"] where token != weak {
                    let answer = try await vault.ask(.read, path, as: token)
                    #expect(answer.status == 403 && answer.error == expected)
                }
            }
        }
    }

    @Test func listingIsDecidedWithItsSlash() async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/foo", as: root, ["type": "kv-v2"])
            for path in ["test/a", "private/a", "private/internal/a", "private/granted/a", "top"] {
                _ = try await vault.ask(.write, "foo/data/\(path)", as: root, ["data": ["k": "v"]])
            }
            // The vector of OpenBao's test for CVE-2026-63131.
            let token = try await vault.token(
                "p",
                """
                path "foo/metadata/*" { capabilities = ["list"] }
                path "foo/metadata/private/*" { capabilities = ["deny"] }
                path "foo/metadata/private/granted/*" { capabilities = ["list"] }
                """, root: root)
            let expected: [(String, UInt16)] = [
                ("foo", 403), ("foo/metadata", 200), ("foo/metadata/test", 200), ("foo/metadata/private", 403),
                ("foo/metadata/private/internal", 403), ("foo/metadata/private/granted", 200),
            ]
            for (path, status) in expected {
                #expect(try await vault.ask(.list, path, as: token).status == status, "\(path)")
                #expect(try await vault.ask(.list, path + "/", as: token).status == status, "\(path)/")
            }
        }
    }

    @Test func spellingsOfOneLetterAreTwoSecrets() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token(
                "p",
                """
                path "cubbyhole/*" { capabilities = ["create", "read", "update", "list"] }
                path "cubbyhole/cafe\u{301}" { capabilities = ["deny"] }
                """, root: root)
            #expect(try await vault.ask(.write, "cubbyhole/caf\u{E9}", as: token, ["k": "one"]).status == 204)
            #expect(try await vault.ask(.write, "cubbyhole/cafe\u{301}", as: token, ["k": "two"]).status == 403)
            #expect(try await vault.ask(.read, "cubbyhole/caf\u{E9}", as: token).data?["k"]?.stringValue == "one")
            for (name, value) in [("caf\u{E9}", "one"), ("cafe\u{301}", "two")] {
                _ = try await vault.ask(.write, "cubbyhole/\(name)", as: root, ["k": .string(value)])
            }
            #expect(try await vault.ask(.list, "cubbyhole", as: root).texts("keys")?.count == 2)
            #expect(try await vault.ask(.read, "cubbyhole/caf\u{E9}", as: root).data?["k"]?.stringValue == "one")
        }
    }

    @Test func hiddenParametersOfPoliciesAreComparedCanonically() async throws {
        try await withUnsealedVault { vault, root in
            let token = try await vault.token(
                "p",
                """
                path "auth/token/create" {
                  capabilities = ["create", "update", "sudo"]
                  denied_parameters = { "policies" = ["super-admin"] }
                }
                """, root: root)
            for value: JSON in [
                "Super-Admin", "super-admin ", "SUPER-ADMIN", ["Super-Admin"], "Super-Admin,default",
                ["default", "super-admin"],
            ] {
                let answer = try await vault.ask(.write, "auth/token/create", as: token, ["policies": value])
                #expect(answer.status == 403, "\(String(decoding: value.serialized(), as: UTF8.self))")
            }
            let fine = try await vault.ask(.write, "auth/token/create", as: token, ["policies": "other"])
            #expect(fine.status == 200)
        }
    }
}
