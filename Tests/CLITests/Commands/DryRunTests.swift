import Testing

@testable import vaultcli

/// Texts as OpenBao 2.7.2's tool prints them, but for the quotes and the tool's name.
@Suite struct DryRunTests {
    @Test func curlNamesTokenByCommandAndQuotesForTheShell() async {
        let run = await Transcript.run(
            "write", "-output-curl-string", "-wrap-ttl=5m", "-namespace=ns", "-header=A=b", "sys/x", "a=it's")
        #expect(run.status == 0)
        #expect(run.requests.isEmpty)
        #expect(
            run.output == #"curl -X PUT -H 'X-Vault-Request: true' -H "X-Vault-Token: $(vaultcli print token)" "#
                + #"-H 'X-Vault-Namespace: ns/' -H 'A: b' -H 'X-Vault-Wrap-TTL: 5m0s' -d '{"a":"it'"'"'s"}' "#
                + "'http://vault.test/v1/sys/x'\n")
        #expect(!run.output.contains("hvs.mine"))
    }

    @Test(arguments: [
        (["read", "-output-policy", "secret/data/a"], #"["read"]"#),
        (["list", "-output-policy", "secret/data/a"], #"["list"]"#),
        (["write", "-output-policy", "secret/data/a"], #"["create", "update"]"#),
        (["delete", "-output-policy", "secret/data/a"], #"["delete"]"#),
        (["patch", "-output-policy", "secret/data/a"], #"["patch"]"#),
    ])
    func policyAllowsTheRequest(words: [String], capabilities: String) async {
        let run = await Transcript.run(words[0], words[1], words[2], "a=b")
        let isList = words[0] == "list"
        let output = isList ? await Transcript.run(words[0], words[1], words[2]).output : run.output
        #expect(output == "path \"secret/data/a\" {\n  capabilities = \(capabilities)\n}\n")
    }

    @Test func protectedPathNeedsSudo() async {
        let run = await Transcript.run("audit", "enable", "-output-policy", "file")
        #expect(run.output.contains(#"["create", "update", "sudo"]"#))
    }

    @Test func preflightIsSentSoThatTheRealPathIsShown() async {
        let run = await Transcript.run(
            "kv", "get", "-output-curl-string", "secret/a",
            answers: ["GET http://vault.test/v1/sys/internal/ui/mounts/secret/a": [versionedMount]])
        #expect(run.requests.count == 1)
        #expect(run.output.hasSuffix("'http://vault.test/v1/secret/data/a'\n"))
    }
}
