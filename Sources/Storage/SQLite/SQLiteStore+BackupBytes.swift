package import EngineKit
import Glibc

extension Barrier {
    /// The database under the barrier; `nil` when the rows are kept elsewhere.
    package var database: SQLiteStore? { store as? SQLiteStore }
}

extension SQLiteStore {
    /// Makes a backup and reads it whole, as `backUp` does for a file.
    ///
    /// The file lies beside the database meanwhile, with mode 0600, and is removed in the end.
    ///
    /// - Parameter limit: how many bytes it may have.
    /// - Returns: the bytes of a file as `backUp` writes it.
    /// - Throws: `StoreError.tooLarge` above the limit, and what `backUp` throws.
    package func backup(limit: Int) async throws(StoreError) -> [UInt8] {
        let database = files.database
        let exhausted = StoreError.unavailable("no thread can be started")
        // Most of what is too large shows before anything is copied.
        try await DedicatedThread.run(whenExhausted: exhausted) { () throws(StoreError) in
            try Self.check(Self.size(of: database), limit)
        }
        let path = database + ".backup-\(UInt64.random(in: .min ... .max))"
        _ = try await backUp(to: path)
        do throws(StoreError) {
            return try await DedicatedThread.run(whenExhausted: exhausted) { () throws(StoreError) in
                let bytes = try Self.contents(of: path, limit)
                unsafe unlink(path)
                return bytes
            }
        } catch {
            // The error that is thrown says more than a failure to tidy up after it.
            try? StoreFiles.remove(path)
            throw error
        }
    }

    private static func check(_ size: Int, _ limit: Int) throws(StoreError) {
        guard size <= limit else {
            throw .tooLarge(
                "the database is larger than \(limit) bytes; stop the server and copy its database file instead")
        }
    }

    private static func size(of path: String) throws(StoreError) -> Int {
        var status = stat()
        // The structure is the one the call fills.
        guard unsafe stat(path, &status) == 0 else { throw failure("stat") }
        return Int(status.st_size)
    }

    private static func contents(of path: String, _ limit: Int) throws(StoreError) -> [UInt8] {
        let size = try size(of: path)
        try check(size, limit)
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure("open") }
        defer { Glibc.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            // The buffer has `size` bytes, of which `done` are filled.
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: done), size - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("read") }
            done += count
        }
        return bytes
    }

    private static func failure(_ operation: String) -> StoreError {
        .unavailable("the backup failed: \(operation) failed (errno \(errno))")
    }
}
