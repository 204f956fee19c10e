internal import ArgumentParser

/// A command that talks to a server.
protocol VaultCommand: ParsableCommand {
    /// How the answer is printed.
    var output: OutputOptions { get }
    /// Where the server is.
    var connection: ConnectionOptions { get }
    /// Whether `-format=raw` (the server's bytes as they are) makes sense.
    static var allowsRaw: Bool { get }

    /// Does the command's work.
    ///
    /// - Parameter session: the server, the console and the settings.
    /// - Throws: ``Failure`` with what to say and the exit status.
    func run(in session: Session) async throws(Failure)
}

extension VaultCommand {
    static var allowsRaw: Bool { false }
}

/// A command that needs no server.
protocol LocalCommand: ParsableCommand {
    /// Does the command's work.
    ///
    /// - Parameter surroundings: environment and console.
    /// - Throws: ``Failure`` with what to say and the exit status.
    func run(in surroundings: Surroundings) async throws(Failure)
}

/// A command that only holds others: alone it shows its help and fails, so that scripts notice.
protocol CommandNoun: ParsableCommand {}
