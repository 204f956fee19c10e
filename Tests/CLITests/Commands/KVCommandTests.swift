import Testing

@testable import vaultcli

/// Requests as OpenBao 2.7.2's tool sends them, and tables as it prints them (recorded from it).
@Suite struct KVCommandTests {
    private static let preflight = "GET http://vault.test/v1/sys/internal/ui/mounts/secret/a"
    private static let metadata =
        #"{"created_time":"T","custom_metadata":null,"deletion_time":"","destroyed":false,"version":1}"#

    private func get(_ words: String...) async -> Transcript {
        let data = #"{"request_id":"r","data":{"data":{"x":"1","y":{"z":[1,null]}},"metadata":\#(Self.metadata)}}"#
        let answers = [
            Self.preflight: [versionedMount], "GET http://vault.test/v1/secret/data/a": [(status: 200, body: data)],
        ]
        return switch words.count {
        case 1: await Transcript.run("kv", "get", words[0], answers: answers)
        default: await Transcript.run("kv", "get", words[0], words[1], answers: answers)
        }
    }

    @Test func getPrintsBlocks() async {
        let run = await get("secret/a")
        #expect(
            run.output == """
                == Secret Path ==
                secret/data/a

                ======= Metadata =======
                Key                Value
                ---                -----
                created_time       T
                custom_metadata    <nil>
                deletion_time      n/a
                destroyed          false
                version            1

                == Data ==
                Key    Value
                ---    -----
                x      1
                y      {"z":[1,null]}

                """)
    }

    @Test(arguments: [("-field=x", "1"), ("--field=y", #"{"z":[1,null]}"#), ("-field=metadata", metadata)])
    func fieldIsPrintedWithoutALineFeedWhenPiped(flag: String, text: String) async {
        #expect(await get(flag, "secret/a").output == text)
    }

    @Test func getJSONKeepsTheEnvelopesOrder() async {
        let run = await get("-format=json", "secret/a")
        #expect(run.output.hasPrefix("{\n  \"request_id\": \"r\",\n  \"lease_id\": \"\",\n  \"lease_duration\": 0,\n"))
        #expect(run.output.hasSuffix("  \"warnings\": null\n}\n"))
    }

    @Test func putSendsDataAndEmptyOptions() async {
        let run = await Transcript.run("kv", "put", "secret/a", "a=1", answers: writing)
        #expect(run.requests.last?.method == "PUT")
        #expect(run.requests.last?.body == #"{"data":{"a":"1"},"options":{}}"#)
    }

    @Test func putSendsCheckAndSet() async {
        let run = await Transcript.run("kv", "put", "-cas=0", "-mount=secret", "a", "a=1", answers: writing)
        #expect(run.requests.last?.body == #"{"data":{"a":"1"},"options":{"cas":0}}"#)
    }

    @Test func versionsAreSentAsTexts() async {
        let run = await Transcript.run(
            "kv", "delete", "-versions=1,2", "secret/a",
            answers: [Self.preflight: [versionedMount], "PUT http://vault.test/v1/secret/delete/a": [(204, "")]])
        #expect(run.requests.last?.body == #"{"versions":["1","2"]}"#)
        #expect(run.output == "Success! Data deleted (if it existed) at: secret/data/a\n")
    }

    @Test func patchFallsBackToRewritingWhereThePolicyForbidsIt() async {
        let current = #"{"request_id":"r","data":{"data":{"a":"1","b":{"c":1,"d":2}},"metadata":{"version":7}}}"#
        let answers = [
            Self.preflight: [versionedMount],
            "PATCH http://vault.test/v1/secret/data/a": [(status: 403, body: #"{"errors":["permission denied"]}"#)],
            "GET http://vault.test/v1/secret/data/a": [(status: 200, body: current)],
            "PUT http://vault.test/v1/secret/data/a": [(status: 200, body: #"{"data":{"version":8}}"#)],
        ]
        let run = await Transcript.run(
            "kv", "patch", "-remove-data=a", "secret/a", "-", answers: answers, input: #"{"b":{"c":null,"e":3}}"#)
        #expect(run.status == 0)
        #expect(run.requests.last?.body == #"{"data":{"b":{"d":2,"e":3}},"options":{"cas":7}}"#)
    }

    @Test func patchAsPatchOnlyDoesNotFallBack() async {
        let answers = [
            Self.preflight: [versionedMount],
            "PATCH http://vault.test/v1/secret/data/a": [(status: 403, body: #"{"errors":["permission denied"]}"#)],
        ]
        let run = await Transcript.run("kv", "patch", "-method=patch", "secret/a", "b=1", answers: answers)
        #expect(run.status == 2)
        #expect(run.requests.count == 2)
    }

    @Test func rollbackWritesUnderTheCurrentVersion() async {
        let now = #"{"data":{"data":{"a":"2"},"metadata":{"version":2}}}"#
        let then = #"{"data":{"data":{"a":"1"},"metadata":{"version":1}}}"#
        let answers = [
            Self.preflight: [versionedMount], "GET http://vault.test/v1/secret/data/a": [(status: 200, body: now)],
            "GET http://vault.test/v1/secret/data/a?version=1": [(status: 200, body: then)],
            "PUT http://vault.test/v1/secret/data/a": [(status: 200, body: #"{"data":{"version":3}}"#)],
        ]
        let run = await Transcript.run("kv", "rollback", "-version=1", "secret/a", answers: answers)
        #expect(run.requests.last?.body == #"{"data":{"a":"1"},"options":{"cas":2}}"#)
    }

    @Test func deletedVersionShowsItsMetadata() async {
        let gone = #"{"data":{"data":null,"metadata":{"deletion_time":"T","version":1}}}"#
        let answers = [
            Self.preflight: [versionedMount], "GET http://vault.test/v1/secret/data/a": [(status: 404, body: gone)],
        ]
        let run = await Transcript.run("kv", "get", "secret/a", answers: answers)
        #expect(run.status == 0)
        #expect(run.output.contains("deletion_time    T"))
        #expect(!run.output.contains("== Data =="))
    }

    @Test func mountWithoutVersionsIsReadDirectly() async {
        let answers = [
            Self.preflight: [(status: 200, body: #"{"data":{"path":"secret/","options":null}}"#)],
            "GET http://vault.test/v1/secret/a": [(status: 200, body: #"{"data":{"x":"1"}}"#)],
        ]
        let run = await Transcript.run("kv", "get", "secret/a", answers: answers)
        #expect(run.output == "== Data ==\nKey    Value\n---    -----\nx      1\n")
    }

    @Test func diffShowsNamesButNoValues() async {
        let answers = [
            Self.preflight: [versionedMount],
            "GET http://vault.test/v1/secret/data/a": [
                (status: 200, body: #"{"data":{"data":{},"metadata":{"version":2}}}"#)
            ],
            "GET http://vault.test/v1/secret/data/a?version=1": [
                (status: 200, body: #"{"data":{"data":{"same":"s","old":"hush","pw":"one"},"metadata":{"version":1}}}"#)
            ],
            "GET http://vault.test/v1/secret/data/a?version=2": [
                (status: 200, body: #"{"data":{"data":{"same":"s","new":"hush","pw":"two"},"metadata":{"version":2}}}"#)
            ],
        ]
        let run = await Transcript.run("kv", "diff", "secret/a", answers: answers)
        #expect(run.output == "+ new\n- old\n~ pw\n")
    }

    private var writing: [String: [(status: Int, body: String)]] {
        [
            Self.preflight: [versionedMount],
            "GET http://vault.test/v1/sys/internal/ui/mounts/secret": [versionedMount],
            "PUT http://vault.test/v1/secret/data/a": [(200, #"{"data":\#(Self.metadata)}"#)],
        ]
    }
}
