internal import Glibc
internal import VaultClient

/// Everything the tool touches outside itself, replaceable in tests.
struct Surroundings: Sendable {
    /// Environment variables.
    var environment: ClientEnvironment
    /// The terminal, or what standard streams are connected to.
    var console: Console
    /// Makes a client of a server.
    var connect: @Sendable (Vault.Configuration) throws(VaultError) -> Vault

    /// The process's own surroundings.
    static var live: Surroundings {
        Surroundings(environment: .process, console: .terminal) { configuration throws(VaultError) in
            try Vault(configuration: configuration)
        }
    }
}

extension ClientEnvironment {
    /// The process's environment.
    static var process: ClientEnvironment {
        var variables: [String: String] = [:]
        // Nothing in this tool changes the environment, so the array and its strings stay as they are.
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let variable = unsafe String(cString: text)
            let bytes = variable.utf8
            if let sign = bytes.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(decoding: bytes[..<sign], as: UTF8.self)
                variables[name] = String(decoding: bytes[bytes.index(after: sign)...], as: UTF8.self)
            }
            unsafe entry += 1
        }
        return ClientEnvironment(variables)
    }
}
