import Glibc

/// Text to standard output and standard error, written at once: tools that start the server wait for its lines.
enum StandardStreams {
    /// Writes text and a line feed to standard output.
    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes one line to standard error and ends the process with status 1.
    static func fail(_ reason: String) -> Never {
        write("pulsevault: \(reason)\n", to: STDERR_FILENO)
        exit(1)
    }

    private static func write(_ text: String, to descriptor: CInt) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // A stream that nobody takes is no reason to stop.
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
