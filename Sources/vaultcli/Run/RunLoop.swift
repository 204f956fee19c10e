internal import Glibc

/// Looks after a program until it has ended: passes its output on, and signals, and starts it anew when told so.
///
/// It belongs to one thread, which only waits here: nothing it does may take long.
struct RunLoop {
    /// How long output is waited for after the program has ended, when others still have its streams open.
    private static let silence = Duration.seconds(1)
    /// In case a signal about the program was lost, it is looked at this often, in milliseconds.
    private static let longestWait: Int32 = 5_000

    /// What is known about the program.
    private enum Phase {
        /// It runs.
        case running
        /// It was told to end, and must have done so by then.
        case stopping(by: ContinuousClock.Instant)
        /// It has ended; its last output is passed on, and given up when there is none until then.
        case draining(ChildProcess.End, until: ContinuousClock.Instant)
    }

    private let command: [String]
    private let grace: Duration
    private let isMasked: Bool
    private let orders: RunOrders
    private let signals: ChildSignals
    private let hasTerminal: Bool

    private var child: ChildProcess
    private var phase = Phase.running
    private var relays: [OutputRelay]
    private var patterns: MaskPatterns
    /// What to start when the program has ended; `nil` to end with it.
    private var next: [[UInt8]]?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: the program and its arguments.
    ///   - environment: its variables.
    ///   - patterns: what to mask in its output; `nil` leaves its output alone.
    ///   - grace: how long it may take to end before it is killed.
    ///   - orders: what it is told later.
    /// - Throws: ``Failure`` when it cannot be started.
    init(
        _ command: [String], environment: [[UInt8]], masking patterns: MaskPatterns?, grace: Duration,
        _ orders: RunOrders
    ) throws(Failure) {
        self.command = command
        self.grace = grace
        self.orders = orders
        isMasked = patterns != nil
        self.patterns = patterns ?? MaskPatterns([])
        signals = try ChildSignals()
        // Only who has the terminal can give it away.
        hasTerminal = isatty(0) == 1 && tcgetpgrp(0) == getpgrp()
        (child, relays) = try Self.start(
            command, environment, isMasked ? self.patterns : nil, signals.caught, hasTerminal)
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: its exit status, 128 and the number of the signal when one ended it.
    /// - Throws: ``Failure`` when it cannot be started anew.
    mutating func run() throws(Failure) -> Int32 {
        // Taking the terminal back is a write to it from the background, which would stop this process.
        var terminalOutput = sigset_t()
        unsafe sigemptyset(&terminalOutput)
        unsafe sigaddset(&terminalOutput, SIGTTOU)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &terminalOutput, nil)
        while true {
            let isActive = wait()
            for number in signals.take() where number != SIGCHLD {
                if let end = passOn(number) { return end.status }
            }
            for order in orders.take() { follow(order) }
            look()
            if let end = try conclude(isActive) { return end.status }
        }
    }

    /// Waits for anything to do, and passes output on.
    ///
    /// - Returns: whether there was output.
    private mutating func wait() -> Bool {
        var requests = [signals.descriptor, orders.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        requests += relays.map(\.request)
        guard unsafe poll(&requests, nfds_t(requests.count), timeout) > 0 else { return false }
        var isActive = false
        for index in relays.indices where relays[index].proceed(requests[index + 2]) { isActive = true }
        return isActive
    }

    private var timeout: Int32 {
        let deadline: ContinuousClock.Instant
        switch phase {
        case .running: return Self.longestWait
        case .stopping(let time), .draining(_, let time): deadline = time
        }
        let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        return Int32(min(max(rest.rounded(.up), 0), Double(Self.longestWait)))
    }

    /// Passes a signal on; what comes from a terminal is for the whole group.
    ///
    /// - Returns: the program's end, when it has ended already and only output keeps this process.
    private mutating func passOn(_ number: Int32) -> ChildProcess.End? {
        let isFinal = [SIGTERM, SIGINT, SIGHUP, SIGQUIT].contains(number)
        // Who is asked to end does not start anything anew.
        if isFinal { next = nil }
        if case .draining(let end, _) = phase { return isFinal ? end : nil }
        child.send(number, toGroup: [SIGINT, SIGQUIT, SIGWINCH].contains(number))
        return nil
    }

    private mutating func follow(_ order: RunOrders.Order) {
        switch order {
        case .signal(let number, let patterns):
            mask(patterns)
            if case .running = phase { child.send(number) }
        case .restart(let environment, let patterns):
            mask(patterns)
            switch phase {
            case .running:
                next = environment
                child.send(SIGTERM)
                child.send(SIGCONT)
                phase = .stopping(by: .now + grace)
            case .stopping, .draining:
                // On the way already, unless the program ends for good.
                if next != nil { next = environment }
            }
        }
    }

    private mutating func mask(_ patterns: MaskPatterns) {
        self.patterns = patterns
        for index in relays.indices { relays[index].replace(patterns) }
    }

    /// Asks what has happened to the program.
    private mutating func look() {
        if case .draining = phase { return }
        if case .stopping(let time) = phase, time <= .now { child.send(SIGKILL, toGroup: true) }
        switch child.news() {
        case nil: break
        case .ended(let end)?:
            if hasTerminal { tcsetpgrp(0, getpgrp()) }
            phase = .draining(end, until: .now + Self.silence)
        case .stopped(let number)?:
            if hasTerminal, [SIGTSTP, SIGTTIN, SIGTTOU].contains(number) { pause(number) }
        }
    }

    /// Stops this process too, so that the shell has its terminal again; goes on with the program afterwards.
    private func pause(_ number: Int32) {
        if number != SIGTSTP, tcgetpgrp(0) == child.id { return child.send(SIGCONT, toGroup: true) }
        tcsetpgrp(0, getpgrp())
        kill(getpid(), SIGSTOP)
        if tcgetpgrp(0) == getpgrp() { tcsetpgrp(0, child.id) }
        child.send(SIGCONT, toGroup: true)
    }

    /// Comes to an end, or starts the program anew, when its output is passed on.
    private mutating func conclude(_ isActive: Bool) throws(Failure) -> ChildProcess.End? {
        guard case .draining(let end, let time) = phase else { return nil }
        if !relays.allSatisfy(\.isDone) {
            if isActive {
                phase = .draining(end, until: .now + Self.silence)
            } else if time <= .now {
                for index in relays.indices { relays[index].close() }
                // What is held up by a slow reader goes out still.
                phase = .draining(end, until: .now + Self.silence)
            }
            guard relays.allSatisfy(\.isDone) else { return nil }
        }
        guard let environment = next else { return end }
        next = nil
        (child, relays) = try Self.start(command, environment, isMasked ? patterns : nil, signals.caught, hasTerminal)
        phase = .running
        return nil
    }

    private static func start(
        _ command: [String], _ environment: [[UInt8]], _ patterns: MaskPatterns?, _ caught: [Int32],
        _ hasTerminal: Bool
    ) throws(Failure) -> (ChildProcess, [OutputRelay]) {
        guard let patterns else {
            let child = try ChildProcess(
                command, environment: environment, output: nil, error: nil, caught: caught, hasTerminal: hasTerminal)
            return (child, [])
        }
        let (output, error) = (try Pipe.make(), try Pipe.make())
        defer {
            close(output.write)
            close(error.write)
        }
        let relays = [
            OutputRelay(from: output.read, to: 1, masking: patterns),
            OutputRelay(from: error.read, to: 2, masking: patterns),
        ]
        let child = try ChildProcess(
            command, environment: environment, output: output.write, error: error.write, caught: caught,
            hasTerminal: hasTerminal)
        return (child, relays)
    }
}
