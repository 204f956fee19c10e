internal import Glibc
internal import NIOCore

/// The contents of a file, read part by part while they are sent.
struct FileParts: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// How much is read at once, in bytes.
    private static let partSize = 256 * 1024

    private let path: String

    /// Names the file; it is opened when the sending begins.
    ///
    /// - Parameter path: the file's path.
    init(path: String) {
        self.path = path
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(path: path)
    }

    /// Reads one part after the other.
    struct Iterator: AsyncIteratorProtocol {
        private let path: String
        private var file: OpenFile?

        fileprivate init(path: String) {
            self.path = path
        }

        mutating func next() async throws -> ByteBuffer? {
            let file = try file ?? OpenFile(path: path)
            self.file = file
            let part = try file.read(upTo: FileParts.partSize)
            return part.isEmpty ? nil : ByteBuffer(bytes: part)
        }
    }
}

/// A file open for reading, closed with its last reference.
private final class OpenFile: Sendable {
    private let descriptor: Int32

    init(path: String) throws(VaultError) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw VaultError(.local, "cannot open \(path)") }
    }

    deinit {
        close(descriptor)
    }

    func read(upTo count: Int) throws(VaultError) -> [UInt8] {
        var failed = false
        // The buffer has room for `count` bytes, and read(2) reports how many of them it wrote.
        let part = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let got = unsafe Glibc.read(descriptor, buffer.baseAddress, count)
            failed = got < 0
            initialized = max(0, got)
        }
        if failed { throw VaultError(.local, "cannot read the file") }
        return part
    }
}
