internal import Glibc

/// Pipes of the system.
enum Pipe {
    /// Makes a pipe whose ends no other program inherits.
    ///
    /// - Returns: both ends.
    /// - Throws: ``Failure`` with status 1 when the system has none left.
    static func make() throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .usage("No pipe can be made: \(LocalFile.reason())") }
        // Nothing but the thread that makes pipes starts programs, so none gets in between.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Has reads and writes of a descriptor return at once.
    ///
    /// - Parameter descriptor: one of this process's own; those that are shared with others stay as they are.
    static func unblock(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Writes a byte; a pipe that is full has enough of them.
    ///
    /// - Parameter descriptor: the end of a pipe that does not block.
    static func ring(_ descriptor: Int32) {
        var byte: UInt8 = 1
        _ = unsafe write(descriptor, &byte, 1)
    }

    /// Reads what is there.
    ///
    /// - Parameters:
    ///   - descriptor: a descriptor that does not block.
    ///   - limit: how many bytes at most.
    /// - Returns: the bytes, and whether nothing will ever follow.
    static func available(_ descriptor: Int32, upTo limit: Int) -> (bytes: [UInt8], isAtEnd: Bool) {
        var isAtEnd = false
        // The buffer has room for `limit` bytes, and read(2) reports how many of them it wrote.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let result = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
            isAtEnd = result == 0 || (result < 0 && errno != EAGAIN && errno != EINTR)
            count = max(0, result)
        }
        return (bytes, isAtEnd)
    }
}
