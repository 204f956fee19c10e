import Testing

@testable import vaultcli

@Suite struct EnvironmentTests {
    @Test func firstPrefixThatIsSetAndNotEmptyWins() {
        let all = ["PULSEVAULT_ADDR": "p", "VAULT_ADDR": "v", "BAO_ADDR": "b"]
        #expect(ClientEnvironment(all)["ADDR"] == "p")
        #expect(ClientEnvironment(all.filter { $0.key != "PULSEVAULT_ADDR" })["ADDR"] == "v")
        #expect(ClientEnvironment(["VAULT_ADDR": "", "BAO_ADDR": "b"])["ADDR"] == "b")
        #expect(ClientEnvironment([:])["ADDR"] == nil)
    }

    @Test func flagsGoBeforeTheEnvironment() async {
        let run = await Transcript.run(
            "read", "-output-curl-string", "-address=http://flag.test", "-namespace", "f", "x",
            environment: ["VAULT_NAMESPACE": "e", "BAO_WRAP_TTL": "60"])
        #expect(run.output.contains("'http://flag.test/v1/x'"))
        #expect(run.output.contains("X-Vault-Namespace: f/"))
        #expect(run.output.contains("X-Vault-Wrap-TTL: 1m0s"))
    }

    @Test(arguments: [
        ["VAULT_SKIP_VERIFY": "maybe"], ["VAULT_MAX_RETRIES": "-1"], ["VAULT_MAX_RETRIES": "many"],
        ["VAULT_CLIENT_TIMEOUT": "soon"], ["VAULT_FORMAT": "xml"], ["VAULT_ADDR": "vault.test"],
    ])
    func unusableSettingsAreRefused(environment: [String: String]) async {
        let run = await Transcript.run("read", "x", environment: environment)
        // Of a format, Vault's tool says that it was used wrongly.
        #expect(run.status == (environment["VAULT_FORMAT"] == nil ? 2 : 1))
        #expect(run.requests.isEmpty)
    }

    @Test func formatComesFromTheEnvironment() async {
        let answers = ["GET http://vault.test/v1/x": [(status: 200, body: #"{"data":{"a":1}}"#)]]
        let run = await Transcript.run("read", "x", answers: answers, environment: ["BAO_FORMAT": "yaml"])
        #expect(run.output.contains("data:\n  a: 1\n"))
    }
}
