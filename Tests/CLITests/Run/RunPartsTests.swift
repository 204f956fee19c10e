import Foundation
import Notation
import Testing

@testable import vaultcli

@Suite struct RunPartsTests {
    @Test(
        arguments: [
            ("A=secret/app#password", "A", "secret/app", nil, "password"),
            ("DB_1=secret/a@b/c@12#x.y", "DB_1", "secret/a@b/c", 12, "x.y"),
            ("_x=/kv/a#b#c/", "_x", "kv/a#b", nil, "c/"),
        ] as [(String, String, String, Int?, String)])
    func secretsAreRead(text: String, name: String, path: String, version: Int?, field: String) throws {
        let secret = try RunSecret(text)
        #expect(secret.name == name)
        #expect(secret.path == path)
        #expect(secret.version == version)
        #expect(secret.field == field)
    }

    @Test(arguments: [
        "", "A", "A=", "A=secret/app", "A=secret/app#", "A=#x", "1A=s/a#x", "A-B=s/a#x", "=s/a#x", "A=s/a@0#x",
        "A=s/a@x#y",
    ])
    func whatIsNoSecretIsRefused(text: String) {
        #expect(throws: Failure.self) { try RunSecret(text) }
    }

    @Test(arguments: [
        ("db.pool-size", "", "DB_POOL_SIZE"), ("a:b_c", "APP_", "APP_A_B_C"), ("Log.Level", "", "LOG_LEVEL"),
        ("2fa.on", "", "_2FA_ON"), ("2fa.on", "X", "X2FA_ON"),
    ])
    func keysBecomeNamesOfVariables(key: String, prefix: String, name: String) {
        #expect(EnvironmentName.name(of: key, prefix: prefix) == name)
    }

    @Test(arguments: [
        ("none", RunReaction.none), ("restart", .restart), ("signal:HUP", .signal(1)), ("signal:SIGUSR1", .signal(10)),
    ])
    func reactionsAreRead(text: String, reaction: RunReaction) {
        #expect(RunReaction(argument: text) == reaction)
    }

    @Test(arguments: ["", "signal", "signal:", "signal:9", "signal:KILL", "signal:hup", "Restart"])
    func whatIsNoReactionIsRefused(text: String) {
        #expect(RunReaction(argument: text) == nil)
    }

    private static func variable(
        _ name: String, _ value: JSON, sensitive: Bool = false, origin: String? = nil
    ) -> RunValues.Variable {
        .init(name: name, origin: origin ?? name.lowercased(), value: value, isSensitive: sensitive, isStatic: false)
    }

    @Test func twoKeysOfOneNameAreRefused() throws {
        var values = RunValues()
        try values.add(Self.variable("A_B", 1, origin: "a.b"))
        try values.add(Self.variable("A_B", 2, origin: "a-b"))
        let failure = #expect(throws: Failure.self) { try values.requireDistinctNames() }
        #expect(failure?.message == "a.b and a-b would both be the variable A_B")
    }

    @Test func whatCannotStandInAnEnvironmentIsRefusedWithoutItsValue() {
        var values = RunValues()
        let failure = #expect(throws: Failure.self) { try values.add(Self.variable("A", "plan\u{0}ted")) }
        #expect(failure?.message.contains("plan") == false)
        #expect(throws: Failure.self) { try values.add(Self.variable("1A", "x")) }
    }

    @Test func changesAreWhatIsNewOrGone() throws {
        var (before, after) = (RunValues(), RunValues())
        for (name, value) in [("A", "1"), ("B", "2"), ("C", "3")] {
            try before.add(Self.variable(name, .string(value)))
        }
        for (name, value) in [("A", "1"), ("B", "4"), ("D", "5")] { try after.add(Self.variable(name, .string(value))) }
        #expect(after.changes(since: before).map(\.name) == ["B", "D", "C"])
        #expect(after.changes(since: after).isEmpty)
    }

    @Test func partsOfSensitiveObjectsAreMaskedToo() throws {
        var values = RunValues()
        try values.add(Self.variable("A", ["user": "admin", "codes": ["12345", 67890]], sensitive: true))
        try values.add(Self.variable("B", "visible"))
        try values.add(Self.variable("C", "abc", sensitive: true))
        let texts = values.maskedTexts.map { String(decoding: $0, as: UTF8.self) }
        for text in ["admin", "12345", "67890", #"{"user":"admin","codes":["12345",67890]}"#] {
            #expect(texts.contains(text))
        }
        #expect(!texts.contains("visible"))
        #expect(values.tooShortToMask == ["C"])
    }
}

@Suite struct RunCacheTests {
    private let path = NSTemporaryDirectory() + "run-cache-" + UUID().uuidString
    private static let subject: JSON = ["address": "http://vault.test"]

    private func values() throws -> RunValues {
        var values = RunValues()
        values.revision = 7
        values.leftOut = ["other"]
        try values.add(.init(name: "A", origin: "a", value: "open", isSensitive: false, isStatic: true))
        try values.add(.init(name: "B", origin: "s#b", value: "planted", isSensitive: true, isStatic: false))
        return values
    }

    private func cache(keepingSensitive keeps: Bool, _ subject: JSON = Self.subject) -> RunCache {
        RunCache(path: path, keepsSensitive: keeps, subject: subject)
    }

    @Test func valuesComeBackWithTheirTime() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let cache = cache(keepingSensitive: true)
        try cache.keep(try values(), now: Timestamp(seconds: 0))
        let (read, since) = try #require(try cache.read())
        #expect(since == "1970-01-01T00:00:00Z")
        #expect(read.variables.map(\.text) == ["open", "planted"])
        #expect(read.variables.map(\.isSensitive) == [false, true])
        #expect(read.variables.map(\.isStatic) == [true, false])
        #expect(read.leftOut == ["other"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func sensitiveValuesAreLeftOutAndMissed() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let cache = cache(keepingSensitive: false)
        try cache.keep(try values(), now: .now())
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("planted") == false)
        let failure = #expect(throws: Failure.self) { try cache.read() }
        #expect(failure?.message.hasSuffix("does not hold the sensitive B; -cache-sensitive keeps them") == true)
    }

    @Test func aFileForSomethingElseOrOpenToOthersIsNotUsed() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try cache(keepingSensitive: true).read() == nil)
        try cache(keepingSensitive: true).keep(try values(), now: .now())
        #expect(throws: Failure.self) { try cache(keepingSensitive: true, ["address": "http://other.test"]).read() }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: Failure.self) { try cache(keepingSensitive: true).read() }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try cache(keepingSensitive: true).read() != nil)
    }
}
