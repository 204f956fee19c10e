import Glibc
import Notation

/// The end of a device's file, from which the chain goes on after a restart.
enum AuditTail {
    /// How much of the end is read at first, in bytes; longer than most records.
    private static let window = 1 << 16

    /// The chain as the file's last record left it; `nil` when there is none.
    static func chain(of entry: AuditDeviceEntry) -> HashChain? {
        guard entry.type == "file", let path = entry.option("file_path") ?? entry.option("path") else { return nil }
        return search(path) { bytes, isWhole in
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            // The first piece may be the end of a line that begins before it.
            if !isWhole { lines.removeFirst() }
            return lines.reversed().lazy.compactMap { ChainedLine($0)?.chain }.first
        }
    }

    /// Where the part of a record begins with which the file ends; `nil` when it ends with a whole line, or with
    /// something that no audit device has written.
    static func tornRecord(of path: String) -> off_t? {
        let opening = Array(#"{"time":""#.utf8)
        return search(path) { bytes, isWhole -> (isTorn: Bool, count: Int)? in
            let feed = bytes.lastIndex(of: UInt8(ascii: "\n"))
            guard feed != nil || isWhole else { return nil }
            let tail = bytes[(feed.map { $0 + 1 } ?? 0)...]
            return (!tail.isEmpty && tail.starts(with: opening.prefix(tail.count)), tail.count)
        }.flatMap { tail in
            tail.isTorn ? length(of: path).map { $0 - off_t(tail.count) } : nil
        }
    }

    /// Looks at ever longer ends of a file until something is found or there is no more.
    private static func search<Found>(_ path: String, _ look: (_ end: [UInt8], _ isWhole: Bool) -> Found?) -> Found? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        // Only a file has an end; the structure is the one the call fills.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = Int(status.st_size)
        var count = min(window, size)
        while true {
            guard let end = read(descriptor, count, at: size - count) else { return nil }
            if let found = look(end, count == size) { return found }
            if count == size { return nil }
            count = count > size / 2 ? size : count * 2
        }
    }

    private static func read(_ descriptor: CInt, _ count: Int, at offset: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            // The buffer has `count` bytes, of which `done` are filled.
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }

    private static func length(of path: String) -> off_t? {
        var status = stat()
        // The structure is the one the call fills.
        return unsafe stat(path, &status) == 0 ? status.st_size : nil
    }
}
