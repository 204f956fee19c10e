import Notation
import Testing

@testable import PolicyEngine

@Suite("Policy syntax")
struct PolicySyntaxTests {
    private func refusal(_ text: String) -> PolicyError? {
        do {
            _ = try Policy(name: "p", parsing: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func hclAndJSONGiveTheSameRules() throws {
        let texts = [
            #"name = "x" path "a/*" { capabilities = ["read", "list"] } path "b" { policy = "write" }"#,
            #"{"name":"x","path":{"a/*":{"capabilities":["read","list"]},"b":{"policy":"write"}}}"#,
            #"{"path":[{"a/*":{"capabilities":["read","list"]}},{"b":{"policy":"write"}}]}"#,
            #"{"path":[{"a/*":[{"capabilities":["read","list"]}]},{"b":{"policy":"write"}}]}"#,
        ]
        for text in texts {
            let rules = try policy(text).rules
            #expect(rules.map(\.template.text) == ["a/*", "b"])
            #expect(rules.map(\.capabilities) == [[.read, .list], [.create, .read, .update, .delete, .list]])
        }
    }

    @Test func sourceIsKeptVerbatim() throws {
        let text = "# caf\u{E9}\r\npath \"a\" {}  \n"
        #expect(try policy(text).source == Array(text.utf8))
    }

    @Test(arguments: [
        ("deny", ["deny"]), ("read", ["list", "read"]), ("write", ["create", "delete", "list", "read", "update"]),
        ("sudo", ["create", "delete", "list", "read", "sudo", "update"]),
    ])
    func oldStyleWordsMapToCapabilities(_ word: String, _ expected: [String]) throws {
        #expect(try policy("path \"a\" { policy = \"\(word)\" }").rules.first?.capabilities.names == expected)
    }

    @Test func oldStyleWordsAddToCapabilities() throws {
        let both = try policy(#"path "a" { policy = "read" capabilities = ["patch", "scan", "evaluate"] }"#)
        #expect(both.rules.first?.capabilities == [.read, .list, .patch, .scan, .evaluate])
    }

    @Test(arguments: [
        #"capabilities = ["read", "deny", "bogus"] allowed_parameters = { "a" = ["b"] } min_wrapping_ttl = "x""#,
        #"policy = "deny" capabilities = ["read", "bogus"] pagination_limit = "x""#,
    ])
    func denyDropsTheRestOfTheBlock(_ content: String) throws {
        let rule = try #require(try policy("path \"a\" { \(content) }").rules.first)
        #expect(rule.capabilities == .deny && rule.conditions.parameters.isEmpty)
    }

    @Test(arguments: [
        ("", "'policy' parameter not supplied or empty", 0, 0),
        ("foo = 1", #"failed to parse policy: invalid key "foo" on line 1"#, 1, 1),
        ("path \"x\" {\n  foo = 1\n}", #"failed to parse policy: path "x": invalid key "foo" on line 2"#, 2, 3),
        (
            "path \"x\" {\n capabilities = [\"reed\"] }",
            #"failed to parse policy: path "x": invalid capability "reed""#, 2, 2
        ),
        (
            #"path "a" { capabilities=["bogus","deny"] }"#,
            #"failed to parse policy: path "a": invalid capability "bogus""#, 1, 12
        ),
        (#"path "x" { policy = "rw" }"#, #"failed to parse policy: path "x": invalid policy "rw""#, 1, 12),
        (
            "\npath \"a/+*\" {}",
            #"failed to parse policy: path "a/+*": invalid use of wildcards ('+*' is forbidden)"#, 2, 1
        ),
        (
            #"path "a/{{x" {}"#,
            #"failed to parse policy: path "a/{{x": failed to validate policy templating: unbalanced templating characters"#,
            1, 1
        ),
        (
            #"path "a" { min_wrapping_ttl = "5s" max_wrapping_ttl = 2 }"#,
            "failed to parse policy: max_wrapping_ttl cannot be less than min_wrapping_ttl", 1, 1
        ),
        (
            #"path "a" { min_wrapping_ttl = "soon" }"#,
            "failed to parse policy: error parsing min_wrapping_ttl: expected a duration", 1, 12
        ),
        ("path \"x\" {\n", "failed to parse policy: At 2:1: expected a key, found the end of the text", 2, 1),
        (
            #"{"path":{"x":{"capabilities":["no"]}}}"#, #"failed to parse policy: path "x": invalid capability "no""#,
            1, 15
        ),
    ])
    func errorsSayWhatAndWhere(_ text: String, _ message: String, _ line: Int, _ column: Int) throws {
        let error = try #require(refusal(text))
        #expect(error.message == message)
        #expect("\(error.line):\(error.column)" == "\(line):\(column)")
    }

    @Test(arguments: [
        #"path "x" { capabilities = "read" }"#, #"path "x" { capabilities = [1] }"#, #"path "x" { policy = 1 }"#,
        #"path "x" { capabilities = ["Read"] }"#, #"path "x" { allowed_parameters = { a = "x" } }"#,
        #"path "x" { allowed_parameters = ["x"] }"#, #"path "x" { required_parameters = "a" }"#,
        #"path "x" { capabilities = ["read"] capabilities = ["deny"] }"#, #"path "x" { expiration = "tomorrow" }"#,
        #"path "x" { pagination_limit = "many" }"#, #"path "x" "y" {}"#, #"path = "x""#, #"path "{{}}" {}"#,
        #"path "x}}" {}"#, #"path "{{a{{b}}" {}"#, #"path "x" { comment = 1 }"#, #"path "x" { mfa_methods = "m" }"#,
        #"path "x" { capabilities = ["read"] list_scan_response_keys_filter_path = "{{ .path }}{{ .key }}" }"#,
        #"path "x" { capabilities = ["list"] list_scan_response_keys_filter_path = "{{ .path }}" }"#,
        #"path "x" { capabilities = ["list"] list_scan_response_keys_filter_path = "{{ .key | lower }}" }"#,
        #"{"path":{"x":{}},"path":{"y":{}}}"#, #"{"path":{"x":{"capabilities":null}}}"#, #"{"path":["x"]}"#, "[]",
    ])
    func wrongTextsAreRefused(_ text: String) throws {
        let error = try #require(refusal(text))
        #expect(error.message.hasPrefix("failed to parse policy: "))
    }

    @Test(arguments: ["# nothing", "   ", "name = \"x\"", "{}", "path \"\" {}", "path \"x\" { capabilities = [] }"])
    func policiesMayGrantNothing(_ text: String) throws {
        #expect(try list(text).allows(.read, "x") == false)
    }

    @Test func capabilityWordsOnlyDifferingInUnicodeFormAreRefused() {
        #expect(refusal("path \"x\" { capabilities = [\"read\u{200D}\"] }") != nil)
        #expect(refusal("path \"x\" { capabilities = [\"\u{212A}ill\"] }") != nil)
    }

    @Test func messagesEscapeControlCharacters() throws {
        let error = try #require(refusal(#"path "x" { capabilities = ["a\nb\"\u0007"] }"#))
        #expect(error.message == #"failed to parse policy: path "x": invalid capability "a\nb\"\x07""#)
    }

    @Test func mutatedPoliciesNeverTrap() throws {
        let seeds =
            NamedRoles.all.map(\.text) + [
                BuiltInPolicies.defaultPolicy,
                #"{"path":{"a/+/{{x}}":{"capabilities":["read"],"allowed_parameters":{"k":[1,null]}}}}"#,
                #"path "a" { capabilities = ["list"] pagination_limit = 5 expiration = "2030-01-01T00:00:00Z" }"#,
            ]
        var random = SplitMix(state: 11)
        var accepted = 0
        for round in 0..<6_000 {
            var text = Array(seeds[round % seeds.count].utf8.prefix(400))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[index] = UInt8.random(in: 0...255, using: &random)
                case 1: text.remove(at: index)
                default: text.insert(Array("{}[]\"\\*+/=,#".utf8).randomElement(using: &random) ?? 0, at: index)
                }
            }
            guard let policy = try? Policy(name: "p", parsing: text) else { continue }
            accepted += 1
            let list = try AccessControlList([policy], identity: nil, now: noon)
            _ = list.decide(.list, "secret/metadata/")
            _ = list.decide(.update, "auth/token/create", ["policies": "a"])
        }
        #expect(accepted > 20)
    }
}
