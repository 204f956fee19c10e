import Notation
import Testing

@testable import PolicyEngine

@Suite("Policy templates")
struct PolicyTemplateTests {
    private static let alice = TemplateContext(
        entityID: "e-1", entityName: "alice",
        metadata: [("team", "blue"), ("a.b", "dotted"), ("caf\u{E9}", "composed")],
        aliases: [
            .init(mountAccessor: "acc1", id: "al-1", name: "al", metadata: [("k", "m")], customMetadata: [("k", "c")]),
            .init(mountAccessor: "two", id: "al-2", name: "first"),
            .init(mountAccessor: "two", id: "al-3", name: "second", isOfThisLogin: true),
            .init(mountAccessor: "dup", id: "al-4", name: "x"), .init(mountAccessor: "dup", id: "al-5", name: "y"),
        ],
        groups: [.init(id: "g-1", name: "ops", metadata: [("room", "7")])])

    @Test(arguments: [
        ("identity.entity.id", "e-1"), ("identity.entity.name", "alice"), (" identity.entity.metadata.team ", "blue"),
        ("identity.entity.metadata.a.b", "dotted"), ("identity.entity.aliases.acc1.id", "al-1"),
        ("identity.entity.aliases.acc1.name", "al"), ("identity.entity.aliases.acc1.metadata.k", "m"),
        ("identity.entity.aliases.acc1.custom_metadata.k", "c"), ("identity.groups.ids.g-1.name", "ops"),
        ("identity.groups.ids.g-1.metadata.room", "7"), ("identity.groups.names.ops.id", "g-1"),
        ("identity.groups.names.ops.metadata.room", "7"), ("identity.entity.metadata.caf\u{E9}", "composed"),
        // Two aliases in one mount: the one of this login (CVE-2021-43998).
        ("identity.entity.aliases.two.name", "second"),
    ])
    func expressionsResolve(_ expression: String, _ value: String) throws {
        let list = try list("path \"s/{{\(expression)}}/x\" { capabilities = [\"read\"] }", identity: Self.alice)
        #expect(list.allows(.read, "s/\(value)/x"))
        #expect(list.rules.count == 1)
    }

    @Test(arguments: [
        "identity.entity.nothing", "identity.entity.metadata.none", "identity.entity", "time.now", "x",
        "identity.entity.aliases.none.id", "identity.entity.aliases.acc1", "identity.entity.aliases.acc1.metadata.z",
        "identity.groups.ids.g-2.name", "identity.groups.names.ops.name", "identity.groups.names.ops",
        "identity.entity.metadata.cafe\u{301}", "identity.entity.aliases.dup.name", "Identity.entity.id",
    ])
    func whatDoesNotResolveIsLeftOutWhileOthersWork(_ expression: String) throws {
        let list = try list(
            "path \"s/{{\(expression)}}\" { capabilities = [\"read\"] } path \"b\" { capabilities = [\"read\"] }",
            identity: Self.alice)
        #expect(list.rules.map(\.pattern.description) == ["b"])
    }

    @Test func withoutAnIdentityTemplatesAreLeftOut() throws {
        #expect(
            try list(BuiltInPolicies.defaultPolicy).rules.count == (try policy(BuiltInPolicies.defaultPolicy)).rules
                .count - 2)
    }

    // security.md A-06 (CVE-2026-5006, CVE-2026-71543).
    @Test(arguments: [
        "a/../b", "a/b", "*", "+", "a*", "", ".", "..", "a%2fb", "a\nb", String(repeating: "x", count: 8192),
    ])
    func valuesThatChangeThePathAreRefused(_ team: String) throws {
        let context = TemplateContext(entityID: "e", entityName: "n", metadata: [("team", team)])
        let list = try list(
            #"""
            path "secret/data/{{identity.entity.metadata.team}}/*" { capabilities = ["read"] }
            path "id/{{identity.entity.id}}" { capabilities = ["read"] }
            """#,
            identity: context)
        list.expect([
            deny(.read, "secret/data/\(team)/x"), deny(.read, "secret/data/a/b/x"), deny(.read, "secret/data//x"),
            deny(.read, "secret/data/z/x"), allow(.read, "id/e"),
        ])
    }

    @Test func flagsRestoreSpecialBytes() throws {
        let text = #"path "s/{{identity.entity.metadata.team}}" { capabilities = ["read"] }"#
        let decide = { (team: String, options: TemplateOptions, path: String) throws -> Bool in
            let context = TemplateContext(entityID: "e", entityName: "n", metadata: [("team", team)])
            return try AccessControlList([policy(text, options: options)], identity: context, now: noon).allows(
                .read, path)
        }
        #expect(try decide("a/b", TemplateOptions(allowsSlashes: true), "s/a/b"))
        #expect(try !decide("a/../b", TemplateOptions(allowsSlashes: true), "s/a/../b"))
        #expect(try !decide("a/b", TemplateOptions(allowsWildcards: true), "s/a/b"))
        #expect(try decide("x*", TemplateOptions(allowsWildcards: true), "s/xyz"))
        #expect(try decide("+", TemplateOptions(allowsWildcards: true), "s/any"))
        #expect(try !decide("+*", TemplateOptions(allowsWildcards: true), "s/any"))
    }

    @Test func substitutedBracesAreNotTemplates() throws {
        let context = TemplateContext(entityID: "{{identity.entity.name}}", entityName: "n")
        let list = try list(#"path "s/{{identity.entity.id}}" { capabilities = ["read"] }"#, identity: context)
        list.expect([allow(.read, "s/{{identity.entity.name}}"), deny(.read, "s/n")])
    }
}
