import Synchronization
import VaultClient

@testable import vaultcli

/// One run of the tool against a server in memory.
struct Transcript {
    let status: Int32
    let output: String
    let error: String
    let requests: [StubTransport.Asked]

    private final class Streams: Sendable {
        let texts = Mutex<[Console.Stream: String]>([:])
    }

    static func run(
        _ words: String..., answers: [String: [(status: Int, body: String)]] = [:], input: String = "",
        hidden: String? = nil, onTerminal: Bool = false, environment: [String: String] = [:]
    ) async -> Transcript {
        await run(
            words: words, answers: answers, input: input, hidden: hidden, onTerminal: onTerminal,
            environment: environment)
    }

    static func run(
        words: [String], answers: [String: [(status: Int, body: String)]] = [:], input: String = "",
        hidden: String? = nil, onTerminal: Bool = false, environment: [String: String] = [:]
    ) async -> Transcript {
        let streams = Streams()
        let server = StubTransport(answers)
        let console = Console(
            write: { stream, text in streams.texts.withLock { $0[stream, default: ""] += text } },
            isTerminal: { _ in onTerminal },
            readInput: { Array(input.utf8) },
            readHidden: { (_) throws(Failure) in
                guard let hidden else { throw .usage("nobody is there") }
                return hidden
            })
        let base = ["VAULT_ADDR": "http://vault.test", "VAULT_TOKEN": "hvs.mine", "VAULT_MAX_RETRIES": "0"]
        let surroundings = Surroundings(
            environment: ClientEnvironment(base.merging(environment) { $1 }), console: console
        ) { configuration throws(VaultError) in try Vault(configuration: configuration, transport: server) }
        let status = await Invocation(surroundings: surroundings).run(words)
        let texts = streams.texts.withLock { $0 }
        return Transcript(
            status: status, output: texts[.output] ?? "", error: texts[.error] ?? "", requests: server.requests)
    }
}

/// What a KV mount with versions at `secret/` says about itself.
let versionedMount: (status: Int, body: String) = (
    200, #"{"request_id":"r","data":{"path":"secret/","type":"kv","options":{"version":"2"}}}"#
)
