internal import Glibc

/// Reads a line from the terminal without showing it.
enum HiddenLine {
    /// Keys longer than this are no keys.
    private static let greatestLength = 64 * 1024

    /// Asks for a line.
    ///
    /// The terminal hands over every byte at once, the interrupt key included, so that its settings are put back
    /// whatever is typed.
    ///
    /// - Parameter prompt: what is asked, on standard error.
    /// - Returns: the line without its end.
    /// - Throws: ``Failure`` with status 1 when there is no terminal or the interrupt key is typed.
    static func read(prompt: String) throws(Failure) -> String {
        var saved = termios()
        guard isatty(0) == 1, unsafe tcgetattr(0, &saved) == 0 else {
            throw .usage(
                "There is no terminal to ask at; give the value as an argument, @file, or - for standard input")
        }
        Console.terminal.write(.error, prompt)
        var quiet = saved
        quiet.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG)
        guard unsafe tcsetattr(0, TCSAFLUSH, &quiet) == 0 else {
            throw .usage("The terminal cannot hide what is typed")
        }
        defer {
            unsafe tcsetattr(0, TCSAFLUSH, &saved)
            Console.terminal.write(.error, "\n")
        }
        return try line()
    }

    private static func line() throws(Failure) -> String {
        var bytes: [UInt8] = []
        while bytes.count < greatestLength {
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(0, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            switch byte {
            case _ where count <= 0, 0x04, 0x0A, 0x0D: return String(decoding: bytes, as: UTF8.self)
            case 0x03: throw .usage("Interrupted")
            case 0x08, 0x7F: _ = bytes.popLast()
            default: bytes.append(byte)
            }
        }
        throw .usage("The line is too long")
    }
}
