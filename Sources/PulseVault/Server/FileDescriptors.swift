import Glibc

/// How many files and connections the process may have open.
enum FileDescriptors {
    /// How many are kept for the database, audit devices and the runtime.
    static let reserve = 64

    /// Raises the limit as far as the system lets the process.
    ///
    /// - Returns: the limit now.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let granted = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let isRaised = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_max : granted)
    }
}
