import ArgumentParser
import Glibc
import VaultCore
import VaultCrypto

/// `pulsevault`: the server.
@main
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulsevault",
        abstract: "Secrets, configuration and feature flags behind Vault's HTTP API.",
        version: versionLine,
        subcommands: [ServerCommand.self, VersionCommand.self],
        // As a letter, the parser would find it in the name of each flag that it does not know.
        helpNames: .long)

    /// The line that tools read the version from; its second word is the Vault version whose API is spoken.
    static let versionLine = "Vault v\(ProductVersion.reported) (PulseVault \(ProductVersion.own))"

    /// What the system granted of the process's protection.
    static let hardening = ProcessHardening.apply()

    /// Runs the command. On the main actor, hence on the main thread while it is the only one: threads inherit the
    /// refusal of new privileges from the one that starts them.
    @MainActor static func main() async {
        _ = hardening
        await main(spelled(Array(CommandLine.arguments.dropFirst())))
    }

    /// Brings what Vault's users write into the parser's words: `-version` in the place of a command is one, and help
    /// is asked for with one dash too. All other names with one dash the parser knows itself.
    private static func spelled(_ words: [String]) -> [String] {
        words.enumerated().map { index, word in
            switch word {
            case "-version", "-v": index == 0 ? "version" : word
            case "-help", "-h": "--help"
            default: word
            }
        }
    }
}

/// `pulsevault version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    func run() { print(Program.versionLine) }
}

/// `pulsevault server`.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Starts the server.",
        discussion: """
            With files:   pulsevault server -config=/etc/pulsevault
            To try out:   pulsevault server -dev
            """)

    @Option(
        name: [.customLong("config"), .customLong("config", withSingleDash: true)],
        help: "A configuration file, or a folder of *.hcl and *.json files. May be given several times.")
    var config: [String] = []

    @Flag(
        name: [.customLong("dev"), .customLong("dev", withSingleDash: true)],
        help: "Starts unsealed, in memory, with a root token. Not for data that matters.")
    var dev = false

    @Option(
        name: [.customLong("dev-root-token-id"), .customLong("dev-root-token-id", withSingleDash: true)],
        help: "The root token in dev mode; random otherwise. [VAULT_DEV_ROOT_TOKEN_ID]")
    var devRootTokenID: String?

    @Option(
        name: [.customLong("dev-listen-address"), .customLong("dev-listen-address", withSingleDash: true)],
        help: "Where to listen in dev mode. [VAULT_DEV_LISTEN_ADDRESS]")
    var devListenAddress: String?

    @Flag(
        name: [.customLong("dev-no-store-token"), .customLong("dev-no-store-token", withSingleDash: true)],
        help: "Accepted for compatibility; the root token is never written to a file.")
    var devNoStoreToken = false

    @Flag(
        name: [.customLong("dev-kv-v1"), .customLong("dev-kv-v1", withSingleDash: true)],
        help: "Mounts secret/ in dev mode as version 1, without history.")
    var devKeyValueVersion1 = false

    @Option(
        name: [.customLong("log-level"), .customLong("log-level", withSingleDash: true)],
        help: "trace, debug, info, warn or error.")
    var logLevel: String?

    @Option(
        name: [.customLong("log-format"), .customLong("log-format", withSingleDash: true)],
        help: "standard or json. [VAULT_LOG_FORMAT]")
    var logFormat: String?

    func run() async throws {
        do {
            let format = try chosenLogFormat()
            if dev {
                try await DevServer(
                    rootToken: devRootTokenID ?? Self.environment("VAULT_DEV_ROOT_TOKEN_ID"),
                    address: devListenAddress ?? Self.environment("VAULT_DEV_LISTEN_ADDRESS"), logLevel: logLevel,
                    logFormat: format, keyValueVersion: devKeyValueVersion1 ? "1" : "2"
                ).run()
            } else {
                try await serve(format)
            }
        } catch let fault as ServerConfiguration.Fault {
            StandardStreams.fail(fault.message)
        } catch {
            StandardStreams.fail("\(error)")
        }
    }

    private func serve(_ format: LogOutput.Format?) async throws {
        guard !config.isEmpty else {
            throw ServerConfiguration.Fault(message: "either -dev or -config=PATH is needed")
        }
        var configuration = try ServerConfiguration.read(config)
        if let logLevel { configuration.logLevel = logLevel }
        if let format { configuration.logFormat = format }
        let storage = configuration.storage
        try await ServerProcess(configuration: configuration) { _, addresses in
            var lines = ["==> PulseVault server configuration:", ""]
            for address in addresses { lines.append("             Listener: \(address)") }
            if case .sqlite(let path) = storage { lines.append("              Storage: sqlite (\(path))") }
            lines += ["              Version: \(Program.versionLine)", ""]
            lines += ["==> PulseVault server started! Log data will stream in below:", ""]
            StandardStreams.print(lines.joined(separator: "\n"))
        }.run()
    }

    /// The format that flag or environment ask for; `nil` when they leave it to the configuration.
    private func chosenLogFormat() throws(ServerConfiguration.Fault) -> LogOutput.Format? {
        guard let word = logFormat ?? Self.environment("VAULT_LOG_FORMAT"), !word.utf8.isEmpty else { return nil }
        guard let format = LogOutput.Format(rawValue: word) else {
            throw ServerConfiguration.Fault(message: "the log format must be standard or json")
        }
        return format
    }

    private static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
