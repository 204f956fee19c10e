internal import Glibc

extension Console {
    /// The process's standard streams.
    static var terminal: Console {
        Console(
            write: { stream, text in writeAll(Array(text.utf8), to: stream.rawValue) },
            isTerminal: { isatty($0.rawValue) == 1 },
            readInput: { () throws(Failure) in try LocalFile.read(descriptor: 0, named: "standard input") },
            readHidden: { (prompt) throws(Failure) in try HiddenLine.read(prompt: prompt) })
    }

    /// Writes bytes to a descriptor; gives up when the reader is gone, as `head` does.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
