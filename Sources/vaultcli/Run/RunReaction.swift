internal import ArgumentParser
internal import Glibc

/// What happens to a command when its values change.
enum RunReaction: Sendable, Equatable, ExpressibleByArgument {
    /// Nothing; changes are not even looked for.
    case none
    /// It is ended and started with the new values.
    case restart
    /// It gets a signal and fetches the new values itself.
    case signal(Int32)

    private static let signals: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "TERM": SIGTERM, "USR1": SIGUSR1, "USR2": SIGUSR2,
        "WINCH": SIGWINCH, "CONT": SIGCONT,
    ]

    /// Reads a reaction from the command line.
    ///
    /// - Parameter argument: `none`, `restart`, or `signal:HUP` and the like, with or without `SIG`.
    init?(argument: String) {
        switch argument {
        case "none": self = .none
        case "restart": self = .restart
        default:
            guard argument.utf8.starts(with: "signal:".utf8) else { return nil }
            var name = String(decoding: argument.utf8.dropFirst(7), as: UTF8.self)
            if name.utf8.starts(with: "SIG".utf8) { name = String(decoding: name.utf8.dropFirst(3), as: UTF8.self) }
            guard let number = Self.signals[name] else { return nil }
            self = .signal(number)
        }
    }
}
