import Notation
import Testing

@testable import PolicyEngine

@Suite("Policy matching")
struct PolicyMatchingTests {
    @Test func exactRuleWinsOverEverything() throws {
        try list(
            #"path "secret/*" { capabilities = ["read"] } path "secret/a" { capabilities = ["list"] }"#,
            #"path "secret/+" { capabilities = ["update"] }"#
        ).expect([
            deny(.read, "secret/a"), allow(.list, "secret/a"), allow(.update, "secret/b"), allow(.read, "secret/b/c"),
        ])
    }

    @Test func longestPrefixReplacesShorterOnes() throws {
        try list(
            #"""
            path "a*" { capabilities = ["read"] }
            path "a/b*" { capabilities = ["update"] }
            path "a/b/c/*" { capabilities = ["delete"] }
            path "a/bz" { capabilities = ["patch"] }
            """#
        ).expect([
            allow(.read, "a"), allow(.read, "abc"), allow(.read, "a/a"), deny(.read, "a/b"), allow(.update, "a/b"),
            allow(.update, "a/b/c"), allow(.delete, "a/b/c/"), allow(.delete, "a/b/c/d"), allow(.update, "a/bzz"),
            allow(.patch, "a/bz"), deny(.update, "a/bz"), deny(.read, "b"), allow(.read, "a/B"),
        ])
    }

    @Test func segmentWildcardsMatchExactlyOneSegment() throws {
        try list(#"path "a/+/b" { capabilities = ["read"] } path "+" { capabilities = ["list"] }"#).expect([
            allow(.read, "a/x/b"), allow(.read, "a//b"), deny(.read, "a/b"), deny(.read, "a/x/y/b"),
            deny(.read, "a/x/b/c"), deny(.read, "a/x/b/"), deny(.read, "a/x"), allow(.list, "x"), deny(.list, "x/y"),
        ])
        try list(#"path "+/x" { capabilities = ["read"] } path "a/+/b*" { capabilities = ["read"] }"#).expect([
            allow(.read, "q/x"), allow(.read, "a/x"), allow(.read, "a/x/b"), allow(.read, "a/x/bcd"),
            allow(.read, "a/x/bcd/e/f"), deny(.read, "a/x/c"), deny(.read, "/x"), deny(.read, "a/y"),
        ])
    }

    @Test func leadingSlashesMeanNothing() throws {
        try list(#"path "/a" { capabilities = ["read"] }"#).expect([
            allow(.read, "a"), allow(.read, "/a"), allow(.read, "//a"),
        ])
    }

    @Test func wildcardsInOddPlacesAreLiteral() throws {
        try list(
            #"""
            path "a/*/b" { capabilities = ["read"] }
            path "foo+" { capabilities = ["read"] }
            path "c/+d" { capabilities = ["read"] }
            path "d/**" { capabilities = ["read"] }
            """#
        ).expect([
            allow(.read, "a/*/b"), deny(.read, "a/x/b"), allow(.read, "foo+"), deny(.read, "foox"),
            allow(.read, "c/+d"), deny(.read, "c/xd"), allow(.read, "d/*x"), deny(.read, "d/x"),
        ])
    }

    @Test(arguments: [
        // a: the earlier wildcard loses, and a prefix counts by its length.
        ("a/+", "a/b*", "a/b"), ("+/b/c", "a/+/c", "a/b/c"), ("*", "+/b", "a/b"), ("a/*", "a/b/+", "a/b/c"),
        // b: a glob loses to none.
        ("a/+/*", "a/+/b", "a/x/b"), ("a/*", "a/+/b", "a/x/b"),
        // c: more wildcard segments lose.
        ("a/+/+/d", "a/+/c/d", "a/b/c/d"), ("a/+/b*", "a/*", "a/x/bc"),
        // d: the shorter one loses.
        ("a/+/b*", "a/+/bc*", "a/x/bcd"),
        // e: the one that sorts first loses.
        ("+/+/c", "+/b/+", "a/b/c"),
    ])
    func priorityDecidesBetweenPatterns(_ lower: String, _ higher: String, _ path: String) throws {
        let low = try #require(PathPattern(Array(lower.utf8)))
        let high = try #require(PathPattern(Array(higher.utf8)))
        let bytes = Array(path.utf8)
        #expect(low.matches(bytes.span) && high.matches(bytes.span))
        #expect(low.hasLowerPriority(than: high) && !high.hasLowerPriority(than: low))
        let rules = (
            #"path "\#(lower)" { capabilities = ["update"] }"#, #"path "\#(higher)" { capabilities = ["read"] }"#
        )
        for list in [try list(rules.0, rules.1), try list(rules.1, rules.0)] {
            list.expect([allow(.read, path), deny(.update, path)])
        }
    }

    // The vector of GHSA-xp3c-3jw3-4vcr as OpenBao tests it.
    @Test(arguments: [AccessOperation.list, .scan])
    func listingHonoursMoreSpecificDenials(_ operation: AccessOperation) throws {
        try list(
            #"""
            path "foo/metadata/*" { capabilities = ["list", "scan"] }
            path "foo/metadata/private/*" { capabilities = ["deny"] }
            path "foo/metadata/private/granted/*" { capabilities = ["list", "scan"] }
            """#
        ).expect([
            deny(operation, "foo/"), allow(operation, "foo/metadata/"), allow(operation, "foo/metadata/test/"),
            deny(operation, "foo/metadata/private/"), deny(operation, "foo/metadata/private/internal/"),
            allow(operation, "foo/metadata/private/granted/"),
        ])
    }

    @Test func listingFallsBackToThePathWithoutItsSlash() throws {
        try list(
            #"""
            path "exact" { capabilities = ["list", "read"] }
            path "pre*" { capabilities = ["list"] }
            path "seg/+" { capabilities = ["list"] }
            path "slash/" { capabilities = ["list", "read"] }
            path "both" { capabilities = ["deny"] }
            path "both/" { capabilities = ["list"] }
            """#
        ).expect([
            allow(.list, "exact/"), deny(.read, "exact/"), allow(.list, "prefix/"), allow(.list, "seg/a/"),
            deny(.list, "seg/a/b/"), allow(.list, "slash/"), deny(.read, "slash"), deny(.list, "slash"),
            allow(.list, "both/"), deny(.list, "both"),
        ])
    }

    // security.md A-01, the policy side: the ACL never normalises; what is not literally below the prefix is outside.
    @Test func pathsAreTakenLiterally() throws {
        try list(#"path "secret/metadata/app/*" { capabilities = ["delete"] }"#).expect([
            allow(.delete, "secret/metadata/app/x"), deny(.delete, "secret/metadata/other"),
            deny(.delete, "secret/metadata/app"), deny(.delete, "secret/metadata/./app/x"),
            deny(.delete, "secret//metadata/app/x"), deny(.delete, "secret/metadata/%61pp/x"),
        ])
    }

    // security.md S-02 to S-04: bytes, not characters.
    @Test func comparisonIsByBytes() throws {
        try list("path \"s/caf\u{E9}\" { capabilities = [\"read\"] }").expect([
            allow(.read, "s/caf\u{E9}"), deny(.read, "s/cafe\u{301}"),
        ])
        try list(#"path "s/*" { capabilities = ["read"] } path "s/+/y" { capabilities = ["list"] }"#).expect([
            allow(.read, "s/\u{301}x"), allow(.read, "s/\u{200D}"), allow(.list, "s/\u{301}x/y"),
            allow(.list, "s/\u{200D}/y"),
            deny(.list, "s/\u{301}x/z/y"), allow(.read, "s/a\r\nb"),
        ])
        try list("path \"a*\u{301}\" { capabilities = [\"read\"] }").expect([
            deny(.read, "ab"), allow(.read, "a*\u{301}"), deny(.read, "a*"),
        ])
        try list(#"path "*" { capabilities = ["read"] } path "backup" { capabilities = ["deny"] }"#).expect([
            deny(.read, "bacKup"), allow(.read, "bac\u{212A}up"),
        ])
    }

    @Test func everyByteIsOrderedUnsigned() throws {
        try list(
            ["\u{7F}*", "\u{80}*", "~"].map { "path \"\($0)\" { capabilities = [\"read\"] }" }.joined(separator: "\n")
        )
        .expect([allow(.read, "\u{7F}x"), allow(.read, "\u{80}x"), allow(.read, "~"), deny(.read, "\u{81}")])
    }

    @Test func anythingBelowAMountIsEnoughToSeeIt() throws {
        let list = try list(
            #"""
            path "kv/data/app" { capabilities = ["read"] }
            path "den/*" { capabilities = ["deny"] }
            path "auth/+/login" { capabilities = ["update"] }
            path "pre*" { capabilities = ["read"] }
            path "none/x" { capabilities = [] }
            """#)
        let shown = { (mount: String) in list.allowsAnything(below: Array(mount.utf8), now: noon) }
        #expect(shown("kv/") && shown("auth/x/") && shown("prefix/"))
        #expect(!shown("den/") && !shown("other/") && !shown("none/") && !shown("k/"))
    }
}
