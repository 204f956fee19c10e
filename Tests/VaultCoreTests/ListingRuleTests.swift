import Notation
import Testing
import VaultCore

/// What the rule that allows a listing makes of it: which names are shown, and how many.
@Suite struct ListingRuleTests {
    private static let filter = #"list_scan_response_keys_filter_path = "{{ .path }}{{ .key }}""#

    /// Lists with a token.
    private struct Lister {
        let vault: Vault
        let token: String

        func callAsFunction(_ verb: VaultRequest.Verb, _ path: String, _ limit: String?) async throws -> Reply {
            let query = limit.map { [(name: "limit", value: $0)] } ?? []
            return try await vault.ask(verb, path, as: token, query: query)
        }
    }

    /// Runs a test with names below `one/` and `two/`, and a token with the given rules.
    private func withNames(_ rules: String, _ body: (_ list: Lister) async throws -> Void) async throws {
        try await withUnsealedVault { vault, root in
            _ = try await vault.ask(.write, "sys/mounts/one", as: root, ["type": "kv"])
            _ = try await vault.ask(.write, "sys/mounts/two", as: root, ["type": "kv-v2"])
            for name in ["a", "b", "c", "sub/d", "sub/e", "top/f"] {
                _ = try await vault.ask(.write, "one/\(name)", as: root, ["v": 1])
                _ = try await vault.ask(.write, "two/data/\(name)", as: root, ["data": ["v": 1]])
            }
            try await body(Lister(vault: vault, token: try await vault.token("p", rules, root: root)))
        }
    }

    @Test func namesThatMayNotBeReadAreLeftOut() async throws {
        try await withNames(
            """
            path "one/" { capabilities = ["list", "scan"] \(Self.filter) }
            path "one/a" { capabilities = ["read"] }
            path "one/b" { capabilities = ["list", "update"] }
            path "one/c" { capabilities = ["read"] required_parameters = ["x"] }
            path "one/sub/" { capabilities = ["list"] }
            path "one/sub/d" { capabilities = ["read"] }
            path "one/top/" { capabilities = ["read"] }
            """
        ) { list async throws in
            #expect(try await list(.list, "one", nil).texts("keys") == ["a", "sub/"])
            #expect(try await list(.scan, "one", nil).texts("keys") == ["a", "sub/d"])
            #expect(try await list(.list, "one/sub", nil).texts("keys") == ["d", "e"])
        }
    }

    @Test func detailsGoWithTheirNames() async throws {
        try await withNames(
            """
            path "two/detailed-metadata/*" {
              capabilities = ["list", "scan"]
              list_scan_response_keys_filter_path = "two/metadata/{{ .key }}"
            }
            path "two/metadata/b" { capabilities = ["read"] }
            path "two/metadata/sub/" { capabilities = ["list"] }
            """
        ) { list async throws in
            for (verb, shown) in [(.list, ["b", "sub/"]), (.scan, ["b"])] as [(VaultRequest.Verb, [String])] {
                let answer = try await list(verb, "two/detailed-metadata", nil)
                #expect(answer.texts("keys") == shown)
                #expect(answer.data?["key_info"]?.objectValue?.members.map(\.name) == shown)
            }
            #expect(try await list(.list, "two/detailed-metadata/sub", nil).status == 404)
        }
    }

    @Test func whereNothingIsLeftAListIsNotFoundAndAScanEmpty() async throws {
        try await withNames(
            """
            path "one/*" { capabilities = ["list", "scan"] list_scan_response_keys_filter_path = "x/{{ .key }}" }
            path "two/*" { capabilities = ["list", "scan"] list_scan_response_keys_filter_path = "x/{{ .key }}" }
            """
        ) { list async throws in
            for path in ["one", "two/metadata", "two/detailed-metadata"] {
                #expect(try await list(.list, path, nil).status == 404)
                let scanned = try await list(.scan, path, nil)
                #expect(scanned.status == 200 && scanned.texts("keys") == [])
                #expect(scanned.data?["key_info"]?.objectValue?.members.isEmpty ?? true)
            }
        }
    }

    @Test func answersThatRepeatTheNamesAreFilteredWhole() async throws {
        try await withNames(
            """
            path "sys/policy" { capabilities = ["list"] \(Self.filter) }
            path "sys/policy/p" { capabilities = ["read"] }
            """
        ) { list async throws in
            let answer = try await list(.list, "sys/policy", nil)
            #expect(answer.texts("keys") == ["p"] && answer.texts("policies") == ["p"])
            #expect(answer.json["policies"]?.arrayValue?.count == 1)
        }
    }

    @Test(
        arguments: [(nil, 2), ("0", 2), ("max", 2), ("", 2), ("1", 1), ("2", 2), ("3", nil), ("-1", nil)]
            as [(String?, Int?)])
    func pagesAreNoLongerThanTheRuleSays(limit: String?, count: Int?) async throws {
        try await withNames(#"path "+/*" { capabilities = ["list", "scan"] pagination_limit = 2 }"#) {
            list async throws in
            for path in ["one", "two/metadata", "two/detailed-metadata"] {
                for verb in [.list, .scan] as [VaultRequest.Verb] {
                    let answer = try await list(verb, path, limit)
                    #expect(answer.texts("keys")?.count == count)
                    #expect(answer.status == (count == nil ? 403 : 200))
                }
            }
        }
    }

    @Test func withoutABoundTheMostIsAll() async throws {
        try await withNames(#"path "two/*" { capabilities = ["list"] }"#) { list async throws in
            for limit in ["max", "0", "-1"] {
                #expect(try await list(.list, "two/metadata", limit).texts("keys")?.count == 5)
            }
            #expect(try await list(.list, "two/metadata", "MAX").status == 400)
        }
    }

    /// A page is cut before names are left out of it, so the next one begins where this one was cut.
    @Test func aPageIsCutBeforeNamesAreLeftOut() async throws {
        try await withNames(
            """
            path "one/" { capabilities = ["list"] pagination_limit = 2 \(Self.filter) }
            path "one/b" { capabilities = ["read"] }
            path "one/c" { capabilities = ["read"] }
            """
        ) { list async throws in #expect(try await list(.list, "one", nil).texts("keys") == ["b"]) }
    }
}
