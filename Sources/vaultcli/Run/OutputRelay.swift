internal import Glibc

/// Passes on what a program writes to one of its streams, masked, without ever waiting.
struct OutputRelay {
    /// So much can be written to a pipe that is ready without waiting (`PIPE_BUF`).
    private static let partSize = 4096
    private static let readSize = 64 * 1024

    private let target: Int32
    private var source: Int32
    private var mask: OutputMask
    private var pending: ArraySlice<UInt8> = []

    /// Makes a relay, which owns its source.
    ///
    /// - Parameters:
    ///   - source: the end of a pipe; it is closed at its end.
    ///   - target: where to write.
    ///   - patterns: what to mask.
    init(from source: Int32, to target: Int32, masking patterns: MaskPatterns) {
        Pipe.unblock(source)
        self.source = source
        self.target = target
        mask = OutputMask(patterns)
    }

    /// Whether all is passed on and nothing follows.
    var isDone: Bool { source < 0 && pending.isEmpty }

    /// Masks other texts from now on.
    ///
    /// - Parameter patterns: the texts.
    mutating func replace(_ patterns: MaskPatterns) {
        mask.replace(patterns)
    }

    /// What to wait for.
    var request: pollfd {
        if !pending.isEmpty { return pollfd(fd: target, events: Int16(POLLOUT), revents: 0) }
        // A descriptor below 0 is passed over.
        return pollfd(fd: source, events: Int16(POLLIN), revents: 0)
    }

    /// Does what can be done without waiting.
    ///
    /// - Parameter answer: what came of ``request``.
    /// - Returns: whether anything was passed on.
    mutating func proceed(_ answer: pollfd) -> Bool {
        guard answer.revents != 0 else { return false }
        if !pending.isEmpty {
            write()
        } else if source >= 0 {
            read()
        }
        return true
    }

    /// Gives the source up: nothing more is read, and what was held back is passed on.
    mutating func close() {
        guard source >= 0 else { return }
        Glibc.close(source)
        source = -1
        pending += mask.finish()
    }

    private mutating func read() {
        let (bytes, isAtEnd) = Pipe.available(source, upTo: Self.readSize)
        pending += mask.take(bytes)
        if isAtEnd { close() }
    }

    private mutating func write() {
        let part = pending.prefix(Self.partSize)
        let count = unsafe part.withUnsafeBytes { unsafe Glibc.write(target, $0.baseAddress, $0.count) }
        if count >= 0 {
            pending = pending.dropFirst(count)
            if pending.isEmpty { pending = [] }
        } else if errno != EINTR && errno != EAGAIN {
            // Whoever read is gone: the program is told so by its own pipe, as without this tool.
            close()
            pending = []
        }
    }
}
