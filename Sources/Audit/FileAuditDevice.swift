import Glibc

/// Appends records to a file, or to standard output.
///
/// A write that fails is tried once more on a freshly opened file. The file is not synchronised after each line:
/// records survive the end of the process, and the chain of hashes shows what a power cut took (as with Vault, whose
/// file device does not synchronise either).
package final class FileAuditDevice: AuditDevice, @unchecked Sendable {
    // `@unchecked Sendable`: `descriptor` is touched only by `init`, `deinit`, `write` and `reopen`, and the last two
    // are called from one thread, one at a time, as `AuditDevice` demands.
    private let path: String
    private let mode: mode_t
    private var descriptor: CInt

    /// The path that stands for standard output.
    package static let standardOutput = "stdout"

    /// Opens a file, making it and its folder where they do not exist.
    ///
    /// - Parameters:
    ///   - path: the file, or `stdout`.
    ///   - mode: permission bits of the file; 0 leaves those of an existing file alone. Execute bits are refused.
    package init(path: String, mode: UInt32 = 0o600) throws(AuditError) {
        guard mode & 0o111 == 0 else { throw AuditError("the mode of an audit file cannot have execute bits") }
        self.path = path
        self.mode = mode
        descriptor = try Self.open(path, mode)
    }

    deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

    package func write(_ lines: [UInt8]) throws(AuditError) {
        if !writeAll(lines) {
            try reopen()
            guard writeAll(lines) else { throw AuditError("cannot write to the audit file: \(Self.lastError)") }
        }
    }

    package func reopen() throws(AuditError) {
        guard path != Self.standardOutput else { return }
        let fresh = try Self.open(path, mode)
        close(descriptor)
        descriptor = fresh
    }

    /// Writes all bytes, or leaves the file as it was: a part of a line would spoil the line after it.
    private func writeAll(_ bytes: [UInt8]) -> Bool {
        let end = descriptor > STDERR_FILENO ? lseek(descriptor, 0, SEEK_END) : -1
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let reason = errno
                if done > 0, end >= 0 { _ = ftruncate(descriptor, end) }
                errno = reason
                return false
            }
            done += count
        }
        return true
    }

    private static func open(_ path: String, _ mode: mode_t) throws(AuditError) -> CInt {
        if path == standardOutput || path == "/dev/stdout" { return STDOUT_FILENO }
        makeFolder(of: path)
        let descriptor = unsafe Glibc.open(
            path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, mode == 0 ? 0o600 : mode)
        guard descriptor >= 0 else {
            throw AuditError("sanity check failed; unable to open \"\(path)\" for writing: \(lastError)")
        }
        var status = stat()
        // The structure is the one the call fills.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG || path == "/dev/null" else {
            close(descriptor)
            throw AuditError("sanity check failed; \"\(path)\" is not a regular file")
        }
        if status.st_mode & S_IFMT == S_IFREG {
            if mode != 0 { fchmod(descriptor, mode) }
            // A power cut may have left a part of a line; nobody was told that its record was made.
            if let start = AuditTail.tornRecord(of: path) { _ = ftruncate(descriptor, start) }
        }
        return descriptor
    }

    private static func makeFolder(of path: String) {
        let bytes = Array(path.utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") && index > 0 {
            unsafe mkdir(String(decoding: bytes[..<index], as: UTF8.self), 0o700)
        }
    }

    private static var lastError: String { unsafe String(cString: strerror(errno)) }
}
