import Glibc
import Testing

@testable import VaultCrypto

@Suite struct ProcessHardeningTests {
    @Test func protectionsAreReallyInForce() async {
        // In a process of its own, because nothing of it can be taken back.
        await #expect(processExitsWith: .success) {
            let report = ProcessHardening.apply()
            var limit = rlimit(rlim_cur: 1, rlim_max: 1)
            let status = unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
            try #require(report.refusesDebuggers && report.refusesCoreDumps && report.refusesNewPrivileges)
            try #require(status == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0)
            try #require(processStatus("NoNewPrivs:") == "1")
            try #require(isDumpable() == 0)
        }
    }

    @Test func aForbiddenLockIsReported() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            _ = unsafe setrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit)
            // Root may lock beyond the limit, so only an ordinary user is refused.
            if geteuid() == 0 { _ = setuid(65534) }
            try #require(!ProcessHardening.canLockMemory())
            // Keys still work, unlocked.
            let key = try SecretBytes(random: 32)
            try #require(key.count == 32)
        }
    }
}

/// A field of the status of the calling thread; the refusal of privileges belongs to a thread, not to the process.
private func processStatus(_ field: String) -> String? {
    guard let file = unsafe fopen("/proc/thread-self/status", "r") else { return nil }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    while unsafe fgets(&line, 512, file) != nil {
        let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == "\t" || $0 == " " || $0 == "\n" }
        if words.first.map(String.init) == field { return words.dropFirst().first.map(String.init) }
    }
    return nil
}

/// `prctl(PR_GET_DUMPABLE)`.
private func isDumpable() -> CInt {
    guard let symbol = unsafe dlsym(nil, "prctl") else { return -1 }
    typealias Function = @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt
    let function = unsafe unsafeBitCast(symbol, to: Function.self)
    return function(3, 0, 0, 0, 0)
}
