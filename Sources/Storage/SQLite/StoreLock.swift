import Glibc

/// The right to use a database, held by one store on the machine at a time.
///
/// It is a lock on a file beside the database, so it ends with the process however that ends. The file stays: to
/// remove it would let two processes lock two files of the same name.
struct StoreLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `SQLiteOpenError.inUse` when another process, or another store in this one, holds it.
    init(_ files: StoreFiles) throws(SQLiteOpenError) {
        let opened = unsafe open(files.lock, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw .system(files.lock, operation: "open", code: errno) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(opened)
            throw code == EWOULDBLOCK ? .inUse(files.database) : .system(files.lock, operation: "flock", code: code)
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }
}
