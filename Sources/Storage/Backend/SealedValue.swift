/// Bytes that only the barrier can make and read.
///
/// Backends store and return these; nothing else in the server can make one out of plaintext, so plaintext cannot
/// reach a disk or another machine.
package struct SealedValue: Sendable {
    /// The sealed bytes.
    package let bytes: [UInt8]

    /// Wraps bytes that the barrier has just sealed, or the bootstrap record.
    init(sealed bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Wraps bytes that a backend has read back. The barrier authenticates them when it opens them.
    package init(readFromBackend bytes: [UInt8]) {
        self.bytes = bytes
    }
}
