import Glibc

extension ServerConfiguration {
    /// Reads files and folders in order; of a folder its `*.hcl` and `*.json` files in the order of their names.
    static func read(_ paths: [String]) throws(Fault) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        for path in paths {
            for file in try files(at: path) { try configuration.merge(try contents(of: file), file: file) }
        }
        if configuration.listeners.isEmpty { throw Fault(message: "no listener is configured") }
        if configuration.storage == nil { throw Fault(message: "no storage is configured") }
        return configuration
    }

    private static func files(at path: String) throws(Fault) -> [String] {
        var status = stat()
        // The structure is the one the call fills.
        guard unsafe stat(path, &status) == 0 else { throw Fault(message: "\(path): \(lastError)") }
        guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
        guard let folder = unsafe opendir(path) else { throw Fault(message: "\(path): \(lastError)") }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        // Each entry is valid until the next call; its name ends in zero.
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.utf8.reversed().starts(with: ".hcl".utf8.reversed())
                || name.utf8.reversed().starts(with: ".json".utf8.reversed())
            {
                names.append(name)
            }
        }
        return names.sorted().map { "\(path)/\($0)" }
    }

    private static func contents(of path: String) throws(Fault) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Fault(message: "\(path): \(lastError)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Fault(message: "\(path): \(lastError)") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= 1 << 20 else {
                throw Fault(message: "\(path): a configuration file has at most 1 MiB")
            }
        }
    }

    private static var lastError: String { unsafe String(cString: strerror(errno)) }
}
