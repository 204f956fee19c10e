internal import Glibc

/// A file that only its owner may read, and that appears under its name only when it is complete.
///
/// It is written beside its place under a name of its own, and renamed by ``commit()``. Without a commit it is removed
/// with the last reference.
final class PrivateFile: Sendable {
    private let path: String
    private let temporary: String
    private let descriptor: Int32

    /// Begins a file.
    ///
    /// - Parameter path: where it will be; what is there stays until ``commit()``.
    /// - Throws: ``Failure`` with status 1 when the folder cannot be written.
    init(replacing path: String) throws(Failure) {
        self.path = path
        temporary = path + ".new-" + String(UInt64.random(in: .min ... .max), radix: 36)
        // O_EXCL refuses a file or link that somebody else put there.
        descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .usage("Cannot write \(path): \(LocalFile.reason())") }
    }

    deinit {
        close(descriptor)
        // After a commit the name is gone, and this does nothing.
        _ = unsafe unlink(temporary)
    }

    /// Adds bytes at the end.
    ///
    /// - Parameter bytes: the bytes.
    /// - Throws: ``Failure`` with status 1 when they cannot be written.
    func append(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .usage("Cannot write \(path): \(LocalFile.reason())") }
            rest = rest.dropFirst(count)
        }
    }

    /// Puts the file in its place, on the disk.
    ///
    /// - Throws: ``Failure`` with status 1 when the system cannot.
    func commit() throws(Failure) {
        guard fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            throw .usage("Cannot write \(path): \(LocalFile.reason())")
        }
    }
}
