import Glibc
import Notation

/// The end of a device's file, from which the chain goes on after a restart.
enum AuditTail {
    /// How much of the end is read, in bytes; more than the longest record.
    private static let window = 1 << 20

    /// The chain as the file's last complete record left it; `nil` when there is none.
    static func chain(of entry: AuditDeviceEntry) -> HashChain? {
        guard entry.type == "file", let path = entry.option("file_path") ?? entry.option("path") else { return nil }
        let lines = end(of: path).split(separator: UInt8(ascii: "\n"))
        for line in lines.reversed() {
            guard let chain = (try? JSON(parsing: Array(line), limits: .stored))?["chain"],
                let head = chain["hash"]?.stringValue.flatMap({ Hexadecimal.decode($0) }), head.count == 32,
                let sequence = chain["seq"]?.intValue.flatMap({ UInt64(exactly: $0) })
            else { continue }
            return HashChain(head: head, sequence: sequence)
        }
        return nil
    }

    private static func end(of path: String) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size > 0 else { return [] }
        lseek(descriptor, max(0, size - off_t(window)), SEEK_SET)
        return unsafe [UInt8](unsafeUninitializedCapacity: window) { buffer, initialized in
            initialized = unsafe max(0, read(descriptor, buffer.baseAddress, window))
        }
    }
}
