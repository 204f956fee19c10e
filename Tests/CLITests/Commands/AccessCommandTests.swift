import Testing

@testable import vaultcli

@Suite struct AccessCommandTests {
    private static let selfLookup = "GET http://vault.test/v1/auth/token/lookup-self"

    @Test func loginSendsNoOldTokenAndNamesTheUserInThePath() async {
        let answers = [
            "PUT http://vault.test/v1/auth/userpass/login/ana": [
                (
                    status: 200,
                    body: #"{"auth":{"client_token":"hvs.new","lease_duration":3600,"policies":["default"]}}"#
                )
            ]
        ]
        let run = await Transcript.run(
            "login", "-method=userpass", "-no-store", "username=ana", answers: answers, hidden: "pw")
        #expect(run.status == 0)
        #expect(run.requests.last?.body == #"{"password":"pw"}"#)
        #expect(run.requests.last?.header("X-Vault-Token") == nil)
        #expect(run.output.contains("token                hvs.new"))
        #expect(run.output.contains("token_duration       1h"))
    }

    @Test func otherMethodsAreSentTheirData() async {
        let answers = [
            "PUT http://vault.test/v1/auth/ci/login": [(status: 200, body: #"{"auth":{"client_token":"hvs.new"}}"#)]
        ]
        let run = await Transcript.run(
            "login", "-method=approle", "-path=ci", "-token-only", "role_id=r", "secret_id=-", answers: answers,
            input: "s")
        #expect(run.output == "hvs.new")
        #expect(run.requests.last?.body == #"{"role_id":"r","secret_id":"s"}"#)
    }

    @Test func tokenIsReadFromStandardInputAndChecked() async {
        let answers = [Self.selfLookup: [(status: 200, body: #"{"data":{"ttl":0,"policies":["root"]}}"#)]]
        let run = await Transcript.run("login", "-no-store", "-", answers: answers, input: "hvs.given\n")
        #expect(run.requests.last?.header("X-Vault-Token") == "hvs.given")
        #expect(run.output.contains("token_duration       ∞"))
    }

    @Test func tokenCreateSendsDurationsAsGoWritesThem() async {
        let answers = [
            "POST http://vault.test/v1/auth/token/create": [(status: 200, body: #"{"auth":{"client_token":"t"}}"#)]
        ]
        let run = await Transcript.run(
            "token", "create", "-policy=app", "-ttl=5m", "-renewable=false", "-orphan=true", answers: answers)
        #expect(
            run.requests.last?.body == #"{"policies":["app"],"ttl":"5m0s","explicit_max_ttl":"0s","period":"0s","#
                + #""display_name":"","num_uses":0,"renewable":false,"type":"service","no_parent":true}"#)
    }

    @Test func unsealKeyIsAskedForAndNeverPrinted() async {
        let answers = ["PUT http://vault.test/v1/sys/unseal": [(status: 200, body: #"{"sealed":false,"t":3,"n":5}"#)]]
        let run = await Transcript.run("operator", "unseal", answers: answers, hidden: " SHARE\n")
        #expect(run.requests.first?.body == #"{"key":"SHARE"}"#)
        #expect(!(run.output + run.error).contains("SHARE"))
    }

    @Test func unsealWithoutAnybodyToAskFails() async {
        let run = await Transcript.run("operator", "unseal", "-non-interactive", hidden: "SHARE")
        #expect(run.status == 1)
        #expect(run.requests.isEmpty)
    }

    @Test(arguments: [(403, 2), (404, 2), (405, 2), (400, 1)])
    func rekeyTriesTheOtherSpellingOnlyWhereTheFirstIsClosed(status: Int, requests: Int) async {
        let answers = [
            "GET http://vault.test/v1/sys/rekey/init": [(status: status, body: #"{"errors":["no"]}"#)],
            "GET http://vault.test/v1/sys/rotate/root/init": [
                (status: 200, body: #"{"request_id":"r","data":{"started":false,"nonce":""}}"#)
            ],
        ]
        let run = await Transcript.run("operator", "rekey", "-status", answers: answers)
        #expect(run.requests.count == requests)
        #expect(run.status == (status == 400 ? 2 : 0))
    }

    @Test func warningsGoToStandardError() async {
        let answers = ["GET http://vault.test/v1/x": [(status: 200, body: #"{"data":{"a":1},"warnings":["beware"]}"#)]]
        let run = await Transcript.run("read", "x", answers: answers)
        #expect(run.error.contains("  * beware\n"))
        #expect(!run.output.contains("beware"))
    }

    @Test func machineFormatsCarryNoSuccessLines() async {
        let answers = ["PUT http://vault.test/v1/x": [(status: 204, body: "")]]
        #expect(await Transcript.run("write", "-format=json", "x", "a=1", answers: answers).output.isEmpty)
        #expect(await Transcript.run("write", "x", "a=1", answers: answers).output == "Success! Data written to: x\n")
    }
}
