internal import ArgumentParser

/// One run of the tool, from the words of the command line to the exit status.
struct Invocation {
    /// Everything the tool touches outside itself.
    let surroundings: Surroundings

    /// Parses the words, does the work and prints what there is to print.
    ///
    /// - Parameter words: the command line without the program's name.
    /// - Returns: the exit status: 0 done, 1 wrong use or a local fault, 2 the server refused or has nothing.
    func run(_ words: [String]) async -> Int32 {
        do {
            try await dispatch(try VaultCLI.parseAsRoot(FlagSpelling.normalized(words)))
            return 0
        } catch let failure as Failure {
            return report(failure)
        } catch {
            // Help, version and completion scripts arrive as errors too, with status 0.
            let isGood = VaultCLI.exitCode(for: error) == .success
            return report(Failure(message: VaultCLI.fullMessage(for: error), status: isGood ? 0 : 1))
        }
    }

    private func dispatch(_ command: any ParsableCommand) async throws {
        switch command {
        case let command as any VaultCommand:
            try await command.run(in: Session(for: command, surroundings))
        case let command as any LocalCommand:
            try await command.run(in: surroundings)
        case let group as any CommandNoun:
            throw Failure.usage(VaultCLI.helpMessage(for: type(of: group)))
        default:
            var command = command
            try command.run()
        }
    }

    private func report(_ failure: Failure) -> Int32 {
        if !failure.message.isEmpty {
            surroundings.console.write(failure.status == 0 ? .output : .error, failure.message + "\n")
        }
        return failure.status
    }
}
