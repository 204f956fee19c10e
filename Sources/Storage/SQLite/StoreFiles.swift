import Glibc

/// The files of one database: where they are, and that nobody but their owner may touch them.
struct StoreFiles: Sendable {
    /// The folder, without symbolic links.
    let folder: String
    /// The database file.
    let database: String

    /// The file whose lock says that the database is in use.
    var lock: String { database + ".lock" }
    /// The write-ahead log, named by SQLite.
    var log: String { database + "-wal" }
    /// The index of the write-ahead log, named by SQLite.
    var logIndex: String { database + "-shm" }
    /// A new database before it is complete.
    var unfinished: String { database + ".new" }

    /// Finds the files of the database at a path, and makes the folder with mode 0700 if it is missing.
    ///
    /// - Throws: `SQLiteOpenError.tooWide` when others than the owner may use the folder.
    init(path: String) throws(SQLiteOpenError) {
        let (parent, name) = try Self.split(path)
        try Self.makeFolders(parent)
        folder = try Self.resolve(parent)
        database = folder + "/" + name
        _ = try Self.exists(folder, as: S_IFDIR)
    }

    /// Whether the database file is there.
    ///
    /// - Throws: when it or a file beside it is not a regular file of its owner alone, or when only the log is there.
    func databaseExists() throws(SQLiteOpenError) -> Bool {
        let exists = try Self.exists(database, as: S_IFREG)
        let hasLog = try Self.exists(log, as: S_IFREG)
        _ = try Self.exists(logIndex, as: S_IFREG)
        guard exists || !hasLog else { throw .orphanedLog(database) }
        return exists
    }

    /// Removes what is left of a database that was not completed.
    func removeUnfinished() throws(SQLiteOpenError) {
        for suffix in ["", "-journal", "-wal", "-shm"] { try Self.remove(unfinished + suffix) }
    }

    /// Takes a path apart into its folder and its last name.
    static func split(_ path: String) throws(SQLiteOpenError) -> (folder: String, name: String) {
        let bytes = Array(path.utf8)
        let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { Array(bytes[($0 + 1)...]) } ?? bytes
        let isDots = name == Array(".".utf8) || name == Array("..".utf8)
        guard !name.isEmpty, !isDots, !bytes.contains(0) else { throw .notAFile(path) }
        let folder = slash.map { $0 == 0 ? Array("/".utf8) : Array(bytes[..<$0]) } ?? Array(".".utf8)
        return (String(decoding: folder, as: UTF8.self), String(decoding: name, as: UTF8.self))
    }

    /// A path without symbolic links.
    static func resolve(_ path: String) throws(SQLiteOpenError) -> String {
        guard let resolved = unsafe realpath(path, nil) else {
            throw .system(path, operation: "realpath", code: errno)
        }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Makes an empty file with mode 0600; it must not exist.
    static func makeFile(_ path: String) throws(SQLiteOpenError) {
        let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(path, operation: "create", code: errno) }
        close(descriptor)
    }

    /// Puts a complete file in the place of another in one step, and makes that durable.
    ///
    /// - Parameters:
    ///   - source: the complete file, in the same folder as `target`.
    ///   - target: where it belongs.
    static func install(_ source: String, as target: String) throws(SQLiteOpenError) {
        try flush(source)
        guard unsafe rename(source, target) == 0 else { throw .system(target, operation: "rename", code: errno) }
        try flush(try split(target).folder)
    }

    /// Makes a file or the names in a folder durable.
    static func flush(_ path: String) throws(SQLiteOpenError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path, operation: "open", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(path, operation: "fsync", code: errno) }
    }

    /// Removes a file if it is there.
    static func remove(_ path: String) throws(SQLiteOpenError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .system(path, operation: "unlink", code: errno) }
    }

    private static func makeFolders(_ path: String) throws(SQLiteOpenError) {
        let bytes = Array(path.utf8)
        let ends = bytes.indices.filter { $0 > 0 && bytes[$0] == UInt8(ascii: "/") } + [bytes.count]
        for end in ends {
            let folder = String(decoding: bytes[..<end], as: UTF8.self)
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw .system(folder, operation: "mkdir", code: errno)
            }
        }
    }

    /// Whether something is there; if so, it must be of a type and its owner's alone.
    private static func exists(_ path: String, as type: mode_t) throws(SQLiteOpenError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .system(path, operation: "stat", code: errno) }
            return false
        }
        guard status.st_mode & S_IFMT == type else { throw .notAFile(path) }
        guard status.st_mode & 0o077 == 0 else { throw .tooWide(path, mode: status.st_mode & 0o7777) }
        return true
    }
}
