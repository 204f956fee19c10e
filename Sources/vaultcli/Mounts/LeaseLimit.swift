internal import ArgumentParser

/// How long a mount's leases last: a span of time, or what the server has for mounts without one of their own.
struct LeaseLimit: ExpressibleByArgument {
    /// The limit as the API takes it.
    let text: String

    /// Reads a limit from the command line.
    ///
    /// - Parameter argument: a span of time; `system` or a negative one means the server's own.
    init?(argument: String) {
        if argument.utf8.elementsEqual("system".utf8) {
            text = "system"
            return
        }
        guard let span = GoDuration(argument) else { return nil }
        text = span.nanoseconds < 0 ? "system" : span.text
    }
}
