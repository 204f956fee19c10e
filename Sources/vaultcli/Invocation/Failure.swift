internal import VaultClient

/// The end of a command before its regular end: what is said, and the process's exit status.
///
/// Statuses are those of Vault's tool: 0 done, 1 wrong use or a local fault, 2 the server refused or has nothing, 127
/// there is no such command.
struct Failure: Error, Equatable {
    /// What is said; on standard error unless the status is 0.
    let message: String
    /// The exit status.
    let status: Int32

    /// Wrong use, or a fault on this machine.
    ///
    /// - Parameter message: what is wrong and what would be right.
    /// - Returns: a failure with status 1.
    static func usage(_ message: String) -> Failure {
        Failure(message: message, status: 1)
    }

    /// The server refused, or has nothing.
    ///
    /// - Parameter message: what is missing or refused.
    /// - Returns: a failure with status 2.
    static func server(_ message: String) -> Failure {
        Failure(message: message, status: 2)
    }

    /// All is said, and nothing else is to be done.
    ///
    /// - Parameter output: what belongs on standard output.
    /// - Returns: an end with status 0.
    static func finished(_ output: String) -> Failure {
        Failure(message: output, status: 0)
    }
}

extension Failure {
    /// Tells a client's failure to the user.
    ///
    /// - Parameters:
    ///   - error: the failure.
    ///   - context: what was being done, for example `Error reading secret/data/app`.
    init(_ error: VaultError, during context: String) {
        let local = [VaultError.Code.configuration, .local, .cancelled].contains(error.code)
        self.init(message: "\(context): \(error)", status: local ? 1 : 2)
    }
}
