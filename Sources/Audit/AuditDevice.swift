/// Where audit records go. A device writes lines; what is in them is decided before.
package protocol AuditDevice: Sendable {
    /// Writes whole lines, each ending in a line feed, in order.
    ///
    /// It may block for a bounded time and is called from a thread made for that, one call at a time.
    ///
    /// - Throws: `AuditError` when not all of the lines could be written.
    func write(_ lines: [UInt8]) throws(AuditError)

    /// Closes and opens again what the device writes to, after its file was moved away. Same thread as `write`.
    func reopen() throws(AuditError)
}

/// Why something could not be recorded. The text is for the log and free of secrets.
package struct AuditError: Error, Sendable {
    /// What went wrong.
    package let reason: String

    /// Makes an error.
    package init(_ reason: String) { self.reason = reason }
}
