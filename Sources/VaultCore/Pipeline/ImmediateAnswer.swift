import Audit

/// An answer that was found without waiting. It may be sent once it is recorded.
package struct ImmediateAnswer: Sendable {
    struct Recording: Sendable {
        let audit: AuditBroker
        let request: AuditedRequest
        let response: AuditedResponse
    }

    /// The answer.
    package let response: VaultResponse
    let recording: Recording?

    /// Whether the answer must be recorded before it is sent.
    package var needsRecord: Bool { recording != nil }

    /// Whether two answers are recorded by the same devices.
    package func sharesDevices(with other: ImmediateAnswer) -> Bool {
        guard let own = recording?.audit, let others = other.recording?.audit else { return false }
        return own.hasSameDevices(as: others)
    }

    /// Records answers together.
    ///
    /// - Parameters:
    ///   - answers: answers that share their devices and need a record.
    ///   - done: hears, on whatever thread, whether the answers may be sent; if not, none of them may.
    package static func record(_ answers: [ImmediateAnswer], done: @escaping @Sendable (Bool) -> Void) {
        guard let audit = answers.first?.recording?.audit else { return done(true) }
        audit.record(answers.compactMap { $0.recording.map { ($0.request, $0.response) } }, done: done)
    }
}
