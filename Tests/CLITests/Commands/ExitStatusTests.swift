import Testing

@testable import vaultcli

/// Exit statuses of Vault's tool: 0 done, 1 wrong use, 2 the server refused or has nothing.
@Suite struct ExitStatusTests {
    @Test func doneIsZeroAndDataGoesToStandardOutput() async {
        let run = await Transcript.run(
            "read", "sys/x", answers: ["GET http://vault.test/v1/sys/x": [(200, #"{"data":{"a":1}}"#)]])
        #expect(run.status == 0)
        #expect(run.output == "Key    Value\n---    -----\na      1\n")
        #expect(run.error.isEmpty)
    }

    @Test(arguments: [
        ["read"], ["read", "-bogus", "x"], ["read", "-format=bogus", "x"], ["kv", "bogus"], ["kv"],
        ["write", "secret/x"], ["kv", "get", "-format=raw", "secret/a"], ["kv", "undelete", "secret/a"],
        ["lease", "revoke", "-force", "x"], ["token", "revoke"], ["write", "x", "nosign"],
        ["kv", "list"], ["read", "-wrap-ttl=abc", "x"], ["login", "-method=bogus"], ["completion", "tcsh"],
    ])
    func wrongUseIsOne(words: [String]) async {
        let run = await withWords(words)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(!run.error.isEmpty)
        #expect(run.requests.isEmpty)
    }

    @Test(arguments: [
        ["read", "-address=ftp://x", "x"], ["login"], ["login", "-method=ldap", "username=a"],
        ["policy", "write", "x", "/nonexistent"],
    ])
    func settingsAndSecretsThatAreNotThereAreTwo(words: [String]) async {
        let run = await withWords(words)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(!run.error.isEmpty)
        #expect(run.requests.isEmpty)
    }

    @Test(arguments: ["CLIENT_TIMEOUT", "MAX_RETRIES", "SKIP_VERIFY"])
    func variablesThatCannotBeUsedAreTwo(name: String) async {
        let run = await Transcript.run("read", "x", environment: ["VAULT_" + name: "bogus"])
        #expect(run.status == 2)
        // Of `status`, 2 says "sealed".
        #expect(await Transcript.run("status", environment: ["VAULT_" + name: "bogus"]).status == 1)
    }

    @Test(arguments: [[], ["bogus"], ["bogus", "-field=x"]])
    func noSuchCommandIsTheShellsOwnStatus(words: [String]) async {
        let run = await Transcript.run(words: words)
        #expect(run.status == 127)
        #expect(run.output.isEmpty)
        #expect(!run.error.isEmpty)
    }

    @Test(arguments: ["b", "n"])
    func missingFieldIsOne(name: String) async {
        let answers = ["GET http://vault.test/v1/x": [(status: 200, body: #"{"data":{"a":1,"n":null}}"#)]]
        let run = await Transcript.run("read", "-field=" + name, "x", answers: answers)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.error == "Field \"\(name)\" not present in secret\n")
    }

    @Test func anAnswerWithoutAnEnvelopeIsData() async {
        let answers = ["GET http://vault.test/v1/x": [(status: 200, body: #"{"a":1}"#)]]
        #expect(await Transcript.run("read", "-field=a", "x", answers: answers).output == "1")
    }

    @Test func anEmptyListIsAnEmptyDocument() async {
        let run = await Transcript.run("list", "-format=json", "x")
        #expect(run.status == 2)
        #expect(run.output == "{}\n")
        #expect(run.error.isEmpty)
    }

    @Test func nothingThereIsTwo() async {
        let run = await Transcript.run("read", "x")
        #expect(run.status == 2)
        #expect(run.error == "No value found at x\n")
    }

    @Test func refusalIsTwoInTheFormOfVaultsTool() async {
        let answers = ["PUT http://vault.test/v1/x": [(status: 400, body: #"{"errors":["bad","worse"]}"#)]]
        let run = await Transcript.run("write", "x", "a=b", answers: answers)
        #expect(run.status == 2)
        #expect(
            run.error == """
                Error writing data to x: Error making API request.

                URL: PUT http://vault.test/v1/x
                Code: 400. Errors:

                * bad
                * worse

                """)
    }

    @Test(arguments: [(false, 0 as Int32), (true, 2)])
    func statusTellsWhetherTheServerIsSealed(sealed: Bool, status: Int32) async {
        let answers = ["GET http://vault.test/v1/sys/seal-status": [(status: 200, body: #"{"sealed":\#(sealed)}"#)]]
        #expect(await Transcript.run("status", answers: answers).status == status)
    }

    @Test func statusWithoutAnAnswerIsOne() async {
        let answers = ["GET http://vault.test/v1/sys/seal-status": [(status: 500, body: "")]]
        #expect(await Transcript.run("status", answers: answers).status == 1)
    }

    @Test(arguments: [["--help"], ["kv", "get", "-h"], ["-help"], ["-version"], ["version"], ["completion", "bash"]])
    func helpIsData(words: [String]) async {
        let run = await withWords(words)
        #expect(run.status == 0)
        #expect(!run.output.isEmpty)
        #expect(run.error.isEmpty)
    }

    /// A letter of an unknown flag asks for nothing.
    @Test(arguments: [["status", "-hopeless"], ["kv", "get", "a", "-nothing-such"], ["-dev-ha"], ["kv", "-such"]])
    func unknownFlagsAreWrongUse(words: [String]) async {
        let run = await withWords(words)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.error.utf8.starts(with: "Error: Unknown option".utf8))
    }

    private func withWords(_ words: [String]) async -> Transcript {
        switch words.count {
        case 1: await Transcript.run(words[0])
        case 2: await Transcript.run(words[0], words[1])
        case 3: await Transcript.run(words[0], words[1], words[2])
        default: await Transcript.run(words[0], words[1], words[2], words[3])
        }
    }
}
