internal import Notation
internal import VaultClient

/// A time in which the server is gone: what was known last stays, and is said once to be old.
struct Outage {
    /// Since when; `nil` while the server answers.
    private(set) var since: Timestamp?

    /// Whether a failure says that the server is gone for now, and not that it refuses.
    ///
    /// - Parameter error: the failure.
    /// - Returns: true without an answer, and for answers of a server that is sealed, starts or is overloaded.
    static func isOne(_ error: VaultError) -> Bool {
        switch error.code {
        case .unreachable, .timedOut, .malformed: true
        case .refused: error.status.map { $0 == 429 || $0 == 412 || ($0 >= 500 && $0 != 501) } ?? false
        default: false
        }
    }

    /// Notes that the server is gone; says so when it was there before.
    ///
    /// - Parameters:
    ///   - error: how that was noticed.
    ///   - known: what stays, for example `the last known values stay`.
    ///   - session: the session.
    mutating func begin(_ error: VaultError, keeping known: String, _ session: Session) {
        guard since == nil else { return }
        let now = Timestamp(seconds: Timestamp.now().seconds)
        since = now
        let reason = error.status.map { "it answers with status \($0)" } ?? error.reason
        session.note(CellText.printable("The server is gone since \(now) (\(reason)); \(known)"))
    }

    /// Notes that the server answers; says so when it was gone before.
    ///
    /// - Parameter session: the session.
    mutating func end(_ session: Session) {
        guard let start = since else { return }
        since = nil
        session.note("The server is back; it was gone since \(start)")
    }

    /// Waits before the next try.
    ///
    /// - Parameter duration: how long.
    /// - Throws: ``Failure`` when the wait is cancelled.
    static func rest(_ duration: Duration) async throws(Failure) {
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw .usage("The wait was cancelled")
        }
    }
}
