internal import Glibc

/// Reads files of this machine.
enum LocalFile {
    /// The largest file or input read whole, in bytes.
    static let largestSize = 64 * 1024 * 1024

    /// Reads a file.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: its bytes.
    /// - Throws: ``Failure`` with status 1 when it cannot be read.
    static func contents(of path: String) throws(Failure) -> [UInt8] {
        guard let bytes = try contentsIfPresent(of: path) else { throw .usage("There is no file \(path)") }
        return bytes
    }

    /// Reads a file that may not be there.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: its bytes, or `nil` when there is no such file.
    /// - Throws: ``Failure`` with status 1 when it is there and cannot be read.
    static func contentsIfPresent(of path: String) throws(Failure) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw .usage("Cannot open \(path): \(reason())")
        }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, named: path)
    }

    /// The size of a file.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: its size in bytes.
    /// - Throws: ``Failure`` with status 1 when there is no such regular file.
    static func size(of path: String) throws(Failure) -> Int64 {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .usage("There is no file \(path)")
        }
        return Int64(status.st_size)
    }

    /// Reads a descriptor to its end.
    ///
    /// - Parameters:
    ///   - descriptor: an open descriptor.
    ///   - name: what it is, for errors.
    /// - Returns: the bytes.
    /// - Throws: ``Failure`` with status 1 when reading fails or there is too much.
    static func read(descriptor: Int32, named name: String) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe part.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .usage("Cannot read \(name): \(reason())") }
            if count == 0 { return result }
            guard result.count <= largestSize - count else {
                throw .usage("\(name) is larger than \(largestSize) bytes")
            }
            result += part[..<count]
        }
    }

    /// Reads a file of any size, part by part.
    ///
    /// - Parameters:
    ///   - path: the file's path; a pipe will do.
    ///   - body: gets the parts in order, none of them empty, and says whether it wants more.
    /// - Throws: ``Failure`` with status 1 when the file cannot be opened or read.
    static func readParts(of path: String, _ body: (ArraySlice<UInt8>) -> Bool) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .usage("Cannot open \(path): \(reason())") }
        defer { close(descriptor) }
        var part = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            let count = unsafe part.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .usage("Cannot read \(path): \(reason())") }
            if count == 0 || !body(part[..<count]) { return }
        }
    }

    /// Reads a file as text.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: its text.
    /// - Throws: ``Failure`` with status 1 when it cannot be read or is not UTF-8.
    static func text(of path: String) throws(Failure) -> String {
        try text(try contents(of: path), named: path)
    }

    /// Takes bytes as text.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - name: where they are from, for errors.
    /// - Returns: the text.
    /// - Throws: ``Failure`` with status 1 when they are not UTF-8.
    static func text(_ bytes: [UInt8], named name: String) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(name) is not UTF-8 text") }
        return text
    }

    /// The system's words for the last failure.
    ///
    /// - Returns: for example `Permission denied`.
    static func reason() -> String {
        // strerror returns a constant text, or one of this thread that lives until its next call.
        unsafe String(cString: strerror(errno))
    }
}
