internal import Glibc

/// A process started by this one, in a process group of its own.
struct ChildProcess: Sendable {
    /// How a process ended.
    enum End: Sendable, Equatable {
        /// By itself, with this status.
        case exited(Int32)
        /// By this signal.
        case killed(Int32)

        /// The status that shells report: 128 and the signal's number for a signal.
        var status: Int32 {
            switch self {
            case .exited(let status): status
            case .killed(let number): 128 + number
            }
        }
    }

    /// What is new about a process.
    enum News: Sendable, Equatable {
        case ended(End)
        /// The terminal's user, or a read of the terminal, stopped it.
        case stopped(Int32)
    }

    /// The process's and its group's number.
    let id: pid_t

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: the program, looked for in `PATH`, and its arguments.
    ///   - environment: its variables as `NAME=VALUE`.
    ///   - output: where its standard output goes; `nil` leaves this process's own.
    ///   - error: where its standard error goes; `nil` leaves this process's own.
    ///   - caught: signals whose handling it must not inherit.
    ///   - hasTerminal: whether the terminal at standard input becomes its own.
    /// - Throws: ``Failure`` with status 127 when there is no such program, and 126 when it cannot be started.
    init(
        _ command: [String], environment: [[UInt8]], output: Int32?, error: Int32?, caught: [Int32], hasTerminal: Bool
    ) throws(Failure) {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        for case (let source?, let target) in [(output, Int32(1)), (error, Int32(2))] {
            unsafe posix_spawn_file_actions_adddup2(&actions, source, target)
        }
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        for number in caught { unsafe sigaddset(&defaults, number) }
        // Threads of this process have signals blocked; a program expects none to be.
        var blocked = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var id: pid_t = 0
        let code = unsafe CStrings.with(command.map { Array($0.utf8) }) { arguments in
            unsafe CStrings.with(environment) { variables -> Int32 in
                guard let program = unsafe arguments[0] else { return EINVAL }
                return unsafe posix_spawnp(&id, program, &actions, &attributes, arguments, variables)
            }
        }
        guard code == 0 else { throw Self.failure(command, code) }
        self.id = id
        // A program that reads before it has the terminal is stopped, and told to go on.
        if hasTerminal { tcsetpgrp(0, id) }
    }

    /// Becomes a program: what this process was is gone.
    ///
    /// - Parameters:
    ///   - command: the program, looked for in `PATH`, and its arguments.
    ///   - environment: its variables as `NAME=VALUE`.
    /// - Returns: why that is not possible, with the statuses of ``init(_:environment:output:error:caught:hasTerminal:)``.
    static func become(_ command: [String], environment: [[UInt8]]) -> Failure {
        var blocked = sigset_t()
        unsafe sigemptyset(&blocked)
        _ = unsafe pthread_sigmask(SIG_SETMASK, &blocked, nil)
        var usual = sigaction()
        unsafe usual.__sigaction_handler.sa_handler = SIG_DFL
        _ = unsafe sigaction(SIGPIPE, &usual, nil)
        let code = unsafe CStrings.with(command.map { Array($0.utf8) }) { arguments in
            unsafe CStrings.with(environment) { variables -> Int32 in
                guard let program = unsafe arguments[0] else { return EINVAL }
                // Nothing else happens in this process any more, so nobody reads the environment meanwhile. The
                // texts stay where they are until the call below has come back.
                clearenv()
                for index in environment.indices {
                    if let variable = unsafe variables[index] { unsafe putenv(variable) }
                }
                unsafe execvp(program, arguments)
                return errno
            }
        }
        return failure(command, code)
    }

    /// Looks whether anything has happened to the process.
    ///
    /// - Returns: the news; `nil` when there are none. After its end there is no more to ask.
    func news() -> News? {
        var status: Int32 = 0
        guard unsafe waitpid(id, &status, WNOHANG | WUNTRACED) == id else { return nil }
        // The parts of a status, which <sys/wait.h> takes out by macros.
        let number = status & 0x7F
        if status & 0xFF == 0x7F { return .stopped((status >> 8) & 0xFF) }
        return .ended(number == 0 ? .exited((status >> 8) & 0xFF) : .killed(number))
    }

    /// Sends a signal.
    ///
    /// - Parameters:
    ///   - number: the signal.
    ///   - isForGroup: whether the process's own children get it too.
    func send(_ number: Int32, toGroup isForGroup: Bool = false) {
        // The number stays taken until the end was asked for, so that nobody else gets the signal.
        kill(isForGroup ? -id : id, number)
    }

    private static func failure(_ command: [String], _ code: Int32) -> Failure {
        let reason = unsafe String(cString: strerror(code))
        return Failure(message: "\(command.first ?? ""): \(reason)", status: code == ENOENT ? 127 : 126)
    }
}

/// Lists of texts as C takes them.
enum CStrings {
    /// Lends a list out.
    ///
    /// - Parameters:
    ///   - texts: the texts; none of them holds a zero byte.
    ///   - body: gets pointers to them, and a null pointer at the end; they are good during the call.
    /// - Returns: what the body returns.
    static func with<Value>(
        _ texts: [[UInt8]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        // One buffer with a zero behind each text; it does not move while it is lent out.
        var bytes: [CChar] = []
        var places: [Int] = []
        for text in texts {
            places.append(bytes.count)
            bytes += text.map { CChar(bitPattern: $0) } + [0]
        }
        return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            let base = buffer.baseAddress
            var pointers = unsafe places.map { place in unsafe base.map { unsafe $0 + place } } + [nil]
            return unsafe pointers.withUnsafeMutableBufferPointer { list -> Value in
                // The list has at least the null pointer, so it has an address.
                guard let address = list.baseAddress else { preconditionFailure("an empty list") }
                return unsafe body(address)
            }
        }
    }
}

/// The variables of this process, byte by byte as they are.
enum OwnEnvironment {
    /// The variables for another program.
    ///
    /// - Parameters:
    ///   - variables: variables that are added, or take the place of those of their name.
    ///   - names: variables that are left out.
    /// - Returns: `NAME=VALUE` each.
    static func entries(adding variables: [(name: String, value: String)], without names: [String]) -> [[UInt8]] {
        let replaced = Set((variables.map(\.name) + names).map { Array($0.utf8) })
        var entries: [[UInt8]] = []
        // Nothing in this tool changes the environment, so the array and its strings stay as they are.
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let bytes = unsafe Array(UnsafeBufferPointer(start: text, count: strlen(text))).map {
                UInt8(bitPattern: $0)
            }
            if !replaced.contains(Array(bytes.prefix { $0 != UInt8(ascii: "=") })) { entries.append(bytes) }
            unsafe entry += 1
        }
        return entries + variables.map { Array("\($0.name)=\($0.value)".utf8) }
    }
}
