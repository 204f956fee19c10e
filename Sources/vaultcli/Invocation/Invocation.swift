internal import ArgumentParser

/// One run of the tool, from the words of the command line to the exit status.
struct Invocation {
    /// Everything the tool touches outside itself.
    let surroundings: Surroundings

    /// Parses the words, does the work and prints what there is to print.
    ///
    /// - Parameter words: the command line without the program's name.
    /// - Returns: the exit status: 0 done, 1 wrong use or a local fault, 2 the server refused or has nothing, 127 no
    ///   command is named, or one that there is not.
    func run(_ words: [String]) async -> Int32 {
        do {
            try await dispatch(try VaultCLI.parseAsRoot(FlagSpelling.normalized(words)))
            return 0
        } catch let failure as Failure {
            return report(failure)
        } catch {
            // Help, version and completion scripts arrive as errors too, with status 0.
            let isGood = VaultCLI.exitCode(for: error) == .success
            let status: Int32 = isGood ? 0 : Self.namesNoCommand(words) ? 127 : 1
            return report(Failure(message: VaultCLI.fullMessage(for: error), status: status))
        }
    }

    /// Whether the first word that is no flag names no command, which shells tell by a status of its own.
    private static func namesNoCommand(_ words: [String]) -> Bool {
        guard let name = words.first(where: { $0.utf8.first != UInt8(ascii: "-") }) else { return words.isEmpty }
        return !VaultCLI.configuration.groupedSubcommands.flatMap(\.subcommands).contains { command in
            ([command._commandName] + command.configuration.aliases).contains { $0.utf8.elementsEqual(name.utf8) }
        }
    }

    private func dispatch(_ command: any ParsableCommand) async throws {
        switch command {
        case let command as any VaultCommand:
            try await command.run(in: session(for: command))
        case let command as any LocalCommand:
            try await command.run(in: surroundings)
        case let group as any CommandNoun:
            let help = VaultCLI.helpMessage(for: type(of: group))
            throw Failure(message: help, status: group is VaultCLI ? 127 : 1)
        default:
            var command = command
            try command.run()
        }
    }

    private func session(for command: any VaultCommand) throws(Failure) -> Session {
        do {
            return try Session(for: command, surroundings)
        } catch {
            // Of `status`, 2 says "sealed".
            throw command is StatusCommand ? Failure(message: error.message, status: 1) : error
        }
    }

    private func report(_ failure: Failure) -> Int32 {
        if !failure.message.isEmpty {
            surroundings.console.write(failure.status == 0 ? .output : .error, failure.message + "\n")
        }
        return failure.status
    }
}
