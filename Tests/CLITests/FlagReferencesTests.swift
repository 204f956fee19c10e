import Foundation
import Notation
import Testing

@testable import vaultcli

@Suite struct FlagReferencesTests {
    private func places(_ text: String) -> [String] {
        FlagReferences(keys: ["checkout", "new-shop", "a.b:c"]).places(in: Array(text.utf8))
            .map { "\($0.line) \($0.isKnown ? "" : "?")\($0.key)" }
    }

    @Test(arguments: [
        (#"if flags["checkout"] {"#, ["1 checkout"]), ("x = 'new-shop'", ["1 new-shop"]), ("`a.b:c`", ["1 a.b:c"]),
        ("a\n\n\"checkout\", \"new-shop\"\r\n'checkout'", ["3 checkout", "3 new-shop", "4 checkout"]),
        (#"don't "checkout""#, ["1 checkout"]),
    ])
    func keysBetweenQuotesAreFoundWithTheirLines(text: String, found: [String]) {
        #expect(places(text) == found)
    }

    @Test(arguments: [
        "checkout", "\"check\" + \"out\"", "\"checkout2\"", "\" checkout\"", "\"Checkout\"", "\"checkout'",
        "\"checkout",
        "\"\"", "\"", "\"checkout\n\"",
    ])
    func othersAreNot(text: String) {
        #expect(places(text).isEmpty)
    }

    @Test(arguments: [
        #"client.isEnabled("old")"#, #"is_enabled('old')"#, #"client.getBooleanValue("old", false)"#,
        #"client.getBooleanValue(key: "old", defaultValue: false)"#, #"await client.GetStringValueAsync("old", "x")"#,
        #"client.BooleanValue(ctx, "old", false, evalCtx)"#, "getBooleanDetails(\n    \"old\",", #"useFlag("old")"#,
        #"client.get_boolean_value(flag_key="old", default_value=False)"#, #"ld.boolVariation("old", ctx)"#,
        #"client.getObjectValue<Theme>("old")"#,
    ])
    func callsWithUndefinedKeysAreFound(text: String) {
        #expect(places(text).map { $0.filter { !$0.isNumber } } == [" ?old"])
    }

    @Test(arguments: [
        #"print("old")"#, #"isEnabled["old"]"#, #"isEnabled(x, y, "old")"#, #"isEnabled(name: "old")"#,
        #"isEnabled("two words")"#, #"("old")"#, #""old""#, #"f(isEnabled, "old")"#,
    ])
    func otherCallsAreNot(text: String) {
        #expect(places(text).isEmpty)
    }

    @Test func reportTellsUsedUnusedArchivedAndUndefined() {
        var report = FlagScanReport(keys: ["checkout", "new-shop"], archived: ["gone", "lost"])
        report.add(
            FlagReferences(keys: ["checkout", "new-shop", "gone", "lost"])
                .places(in: Array("\"checkout\"\n\"gone\" isEnabled(\"b\")".utf8)), in: "src/a.swift")
        #expect(
            report.text == """
                checkout
                  src/a.swift:1
                new-shop
                  (not used)
                gone (archived)
                  src/a.swift:2
                b (not defined)
                  src/a.swift:2
                """)
        #expect(
            String(decoding: report.json.serialized(), as: UTF8.self)
                == #"{"references":{"checkout":[{"file":"src/a.swift","line":1}],"new-shop":[]},"#
                + #""archived":{"gone":[{"file":"src/a.swift","line":2}]},"#
                + #""unknown":{"b":[{"file":"src/a.swift","line":2}]}}"#)
    }

    @Test func commandSearchesATreeAndReports() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "vaultcli-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        for folder in ["src/deep", ".git", "node_modules/x"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        let files = [
            "src/deep/a.js": "\n\"checkout\"", "src/b.py": "is_enabled('old')", ".git/c": "\"checkout\"",
            "node_modules/x/d.js": "\"checkout\"", "src/binary": "\"checkout\"\0",
        ]
        for (name, text) in files { try text.write(toFile: "\(root)/\(name)", atomically: true, encoding: .utf8) }
        try FileManager.default.createSymbolicLink(atPath: "\(root)/src/loop", withDestinationPath: root)
        let answers = [
            "GET http://vault.test/v1/flags/definitions?list=true": [
                (status: 200, body: #"{"data":{"keys":["checkout","unused"],"key_info":{}}}"#)
            ],
            "POST http://vault.test/v1/flags/references/checkout": [(status: 204, body: "")],
            "POST http://vault.test/v1/flags/references/unused": [(status: 204, body: "")],
        ]
        let run = await Transcript.run("flag", "scan", "-report", root, answers: answers)
        #expect(run.status == 0)
        #expect(
            run.output == """
                checkout
                  src/deep/a.js:2
                unused
                  (not used)
                old (not defined)
                  src/b.py:1

                """)
        #expect(
            run.requests.filter { $0.method == "POST" }.map(\.body) == [
                #"{"references":[{"file":"src/deep/a.js","line":2}]}"#, #"{"references":[]}"#,
            ])
    }

    @Test func folderThatIsNotThereIsWrongUse() async {
        let run = await Transcript.run("flag", "scan", "/nonexistent/folder")
        #expect(run.status == 1)
        #expect(run.error == "There is no folder /nonexistent/folder\n")
    }
}
