import Notation
import Testing

@testable import vaultcli

@Suite struct OutputTests {
    /// Quoting and layout as OpenBao 2.7.2's tool prints them (`kv get -format=yaml`, members in the order given).
    @Test func yamlMatchesTheRealTool() throws {
        let json = try JSON(
            parsing:
                #"{"f":1.5,"m":"l1\nl2","n":1,"o":{"a":[1,2,{"b":null}]},"s":"n","t":true,"y":"hello","v":"2.7.2","#
                + #""d":"2026-11-23T03:56:49.42Z","e":"","x":"1"}"#
        )
        #expect(
            YAML.text(json) == """
                f: 1.5
                m: |-
                  l1
                  l2
                "n": 1
                o:
                  a:
                  - 1
                  - 2
                  - b: null
                s: "n"
                t: true
                "y": hello
                v: 2.7.2
                d: "2026-11-23T03:56:49.42Z"
                e: ""
                x: "1"
                """)
    }

    @Test(arguments: [
        "", " a", "a ", "a: b", "a #b", "a:", "#a", "- a", "*a", "&a", "!a", "%a", "@a", "`a", "'a", "\"a", "[a", "{a",
        "|", ">", "?", "yes", "No", "ON", "null", "~", "1", "-1", "+1", "1.5", ".5", "1e3", "0x1F", "0o7", "1_000",
        "12:30:45",
        ".inf", "-.INF", ".nan", "2026-11-23", "a\tb", "\u{7}", "\u{2028}", "=", "<<",
    ])
    func yamlQuotesWhatWouldBeReadAsSomethingElse(text: String) {
        #expect(!YAMLPlainText.allows(text))
    }

    @Test(arguments: [
        "a", "hello world", "secret/data/a", "a-b", "2.7.2", "c9ec5da4-0e72", "a:b", "http://x:80/y", "é", "nope",
        "127.0.0.1",
    ])
    func yamlLeavesPlainTextsAlone(text: String) {
        #expect(YAMLPlainText.allows(text))
    }

    @Test func yamlListsInListsStayReadable() {
        #expect(
            YAML.text([["a", []], [:], [["k": "v", "l": [1]]]]) == "- - a\n  - []\n- {}\n- - k: v\n    l:\n    - 1")
    }

    @Test(arguments: [
        ("Data", 10, "== Data =="), ("Metadata", 24, "======= Metadata ======="),
        ("Version 1", 22, "====== Version 1 ======"), ("Secret Path", 13, "== Secret Path =="),
    ])
    func headingsAreAsWideAsTheRealTools(title: String, width: Int, text: String) {
        #expect(Table.heading(title, width: width) == text)
    }

    @Test func tableShowsAbsenceAndNestingAndNoControlCharacters() {
        let object: JSONObject = [
            "b": "", "a": nil, "c": [1, ["d": "e"]], "e": "\u{1b}[31m", "ttl": 3600, "lease_ttl": "x",
        ]
        #expect(
            Table.keyed(object) == """
                Key          Value
                ---          -----
                a            <nil>
                b            n/a
                c            [1,{"d":"e"}]
                e            \\x1b[31m
                lease_ttl    x
                ttl          1h
                """)
    }

    @Test func fieldIsFollowedByALineFeedOnATerminalOnly() async {
        let answers = ["GET http://vault.test/v1/x": [(status: 200, body: #"{"data":{"a":"b"}}"#)]]
        #expect(await Transcript.run("read", "-field=a", "x", answers: answers).output == "b")
        #expect(await Transcript.run("read", "-field=a", "x", answers: answers, onTerminal: true).output == "b\n")
    }

    @Test func rawIsTheServersBytes() async {
        let answers = ["GET http://vault.test/v1/x": [(status: 200, body: "{ \"data\" : {\"a\":1.0} }\n")]]
        let run = await Transcript.run("read", "-format=raw", "x", answers: answers)
        #expect(run.output == "{ \"data\" : {\"a\":1.0} }\n")
    }

    @Test func numbersKeepTheirText() async {
        let answers = [
            "GET http://vault.test/v1/x": [(status: 200, body: #"{"data":{"a":12345678901234567890,"b":1.50}}"#)]
        ]
        let run = await Transcript.run("read", "-format=json", "x", answers: answers)
        #expect(run.output.contains("\"a\": 12345678901234567890,\n    \"b\": 1.50"))
    }
}
