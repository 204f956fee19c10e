internal import CSodium
internal import Glibc

/// Keeps this process's memory out of other hands: no core dumps, no debugger, no new privileges.
package enum ProcessHardening {
    /// Which protections are in force; for the log and the health answer.
    package struct Report: Equatable, Sendable {
        /// The process cannot be attached to or dumped by its own user (`PR_SET_DUMPABLE` 0).
        package let refusesDebuggers: Bool
        /// Core files are limited to 0 bytes, for good.
        package let refusesCoreDumps: Bool
        /// No program started by this thread or its descendants can gain privileges (`PR_SET_NO_NEW_PRIVS`).
        package let refusesNewPrivileges: Bool
        /// Keys are locked into memory and cannot reach swap.
        package let locksMemory: Bool
    }

    private typealias ProcessControl =
        @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt

    // From <linux/prctl.h>.
    private static let setDumpable: CInt = 4
    private static let setNoNewPrivileges: CInt = 38

    /// Applies every protection and reports which are in force. Nothing is fatal here: the caller decides.
    ///
    /// Call once, on the main thread, before any key or other thread exists: the kernel keeps the refusal of new
    /// privileges per thread, and only threads started afterwards inherit it. Root may still attach.
    package static func apply() -> Report {
        Report(
            refusesDebuggers: control(setDumpable, 0),
            refusesCoreDumps: disableCoreDumps(),
            refusesNewPrivileges: control(setNoNewPrivileges, 1),
            locksMemory: canLockMemory())
    }

    /// Whether the system lets this process lock a page into memory.
    ///
    /// libsodium's guarded allocations ignore a refused lock, so it is asked for explicitly here.
    package static func canLockMemory() -> Bool {
        guard let probe = try? SecretMemory(count: 32) else { return false }  // No memory means no lock either.
        return unsafe sodium_mlock(probe.base, probe.count) == 0
    }

    private static func disableCoreDumps() -> Bool {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        return unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
    }

    private static func control(_ option: CInt, _ argument: CUnsignedLong) -> Bool {
        // prctl is variadic in C, which Swift cannot call. Its arguments are integers, and on the Linux ABIs of x86-64
        // and arm64 those travel in the same registers for variadic and fixed functions.
        guard let symbol = unsafe dlsym(nil, "prctl") else { return false }
        let prctl = unsafe unsafeBitCast(symbol, to: ProcessControl.self)
        return prctl(option, argument, 0, 0, 0) == 0
    }
}
