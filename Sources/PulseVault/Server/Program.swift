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
        subcommands: [ServerCommand.self, VersionCommand.self])

    /// The line that tools read the version from; its second word is the Vault version whose API is spoken.
    static let versionLine = "Vault v\(ProductVersion.reported) (PulseVault \(ProductVersion.own))"

    /// What the system granted of the process's protection.
    static let hardening = ProcessHardening.apply()

    /// Runs the command. On the main actor, hence on the main thread while it is the only one: threads inherit the
    /// refusal of new privileges from the one that starts them.
    @MainActor static func main() async {
        _ = hardening
        await main(nil)
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

    @Option(
        name: [.customLong("log-level"), .customLong("log-level", withSingleDash: true)],
        help: "trace, debug, info, warn or error.")
    var logLevel: String?

    func run() async throws {
        do {
            if dev {
                try await DevServer(
                    rootToken: devRootTokenID ?? Self.environment("VAULT_DEV_ROOT_TOKEN_ID"),
                    address: devListenAddress ?? Self.environment("VAULT_DEV_LISTEN_ADDRESS"), logLevel: logLevel
                ).run()
            } else {
                try await serve()
            }
        } catch let fault as ServerConfiguration.Fault {
            StandardStreams.fail(fault.message)
        } catch {
            StandardStreams.fail("\(error)")
        }
    }

    private func serve() async throws {
        guard !config.isEmpty else {
            throw ServerConfiguration.Fault(message: "either -dev or -config=PATH is needed")
        }
        var configuration = try ServerConfiguration.read(config)
        if let logLevel { configuration.logLevel = logLevel }
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

    private static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
