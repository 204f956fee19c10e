import Glibc

/// Facts about the machine, from the kernel.
struct Host {
    /// The machine's name.
    var name = ""
    /// The kernel's release.
    var kernel = ""
    /// The processor architecture.
    var machine = ""
    /// Seconds since the machine started.
    var uptimeSeconds = 0
    /// Bytes of memory.
    var totalBytes = 0
    /// Bytes of memory that are free.
    var freeBytes = 0

    /// Asks the kernel.
    static func current() -> Host {
        var host = Host()
        var names = utsname()
        // The call fills fixed arrays of characters that end in zero.
        if unsafe uname(&names) == 0 {
            host.name = text(names.nodename)
            host.kernel = text(names.release)
            host.machine = text(names.machine)
        }
        let page = sysconf(CInt(_SC_PAGESIZE))
        host.totalBytes = sysconf(CInt(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: page).partialValue
        host.freeBytes = sysconf(CInt(_SC_AVPHYS_PAGES)).multipliedReportingOverflow(by: page).partialValue
        var time = timespec()
        if unsafe clock_gettime(CLOCK_BOOTTIME, &time) == 0 { host.uptimeSeconds = time.tv_sec }
        return host
    }

    private static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
