internal import Glibc
internal import Synchronization

/// The signals that arrive at this process while it looks after another, as bytes in a pipe.
///
/// A handler may do next to nothing; a byte in a pipe wakes whoever waits for other things too. One exists at a time.
final class ChildSignals: Sendable {
    /// Signals that are passed on to the other process.
    private static let passedOn = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH]

    /// Where the bytes arrive; does not block.
    let descriptor: Int32
    /// The signals of which this process now knows better than the default, which the other process must not inherit.
    let caught: [Int32]

    /// Begins to catch signals. Those that are ignored stay so: whoever started this process wanted it.
    ///
    /// - Throws: ``Failure`` with status 1 when the system gives no pipe.
    init() throws(Failure) {
        let ends = try Pipe.make()
        Pipe.unblock(ends.read)
        Pipe.unblock(ends.write)
        descriptor = ends.read
        signalPipe.store(ends.write, ordering: .releasing)
        var caught: [Int32] = []
        for number in Self.passedOn + [SIGCHLD] where Self.isNotIgnored(number) || number == SIGCHLD {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { number in noteSignal(number) }
            action.sa_flags = SA_RESTART
            _ = unsafe sigaction(number, &action, nil)
            caught.append(number)
        }
        // A reader that goes away is an error of a write, not the end of this process.
        var ignoring = sigaction()
        unsafe ignoring.__sigaction_handler.sa_handler = SIG_IGN
        _ = unsafe sigaction(SIGPIPE, &ignoring, nil)
        self.caught = caught + [SIGPIPE]
    }

    /// The signals that have arrived since the last look.
    ///
    /// - Returns: their numbers in order.
    func take() -> [Int32] {
        Pipe.available(descriptor, upTo: 1024).bytes.map { Int32($0) }
    }

    private static func isNotIgnored(_ number: Int32) -> Bool {
        var present = sigaction()
        guard unsafe sigaction(number, nil, &present) == 0 else { return true }
        // SIG_IGN is no address of a function but the number 1.
        let handler = unsafe present.__sigaction_handler.sa_handler
        return unsafe unsafeBitCast(handler, to: Int.self) != 1
    }
}

/// Where the handler writes; below 0 before there is a pipe.
private let signalPipe = Atomic<Int32>(-1)

/// What the handler does: a byte into the pipe. When that is full, there is enough to wake up for already.
private func noteSignal(_ number: Int32) {
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = unsafe write(signalPipe.load(ordering: .acquiring), &byte, 1)
    errno = saved
}
