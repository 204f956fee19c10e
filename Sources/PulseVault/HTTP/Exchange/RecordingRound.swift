import NIOCore
import NIOPosix
import VaultCore

/// The answers of one event loop that wait for the audit devices: those found in one round of the loop are recorded
/// together, since waking a device's thread costs more than writing a record.
final class RecordingRound {
    // `nonisolated(unsafe)`: the variable shows each thread the value that this thread has set, and no other; an event
    // loop is one thread.
    nonisolated(unsafe) private static let ofThread = ThreadSpecificVariable<RecordingRound>()

    private let loop: any EventLoop
    private var waiting: [(answer: ImmediateAnswer, send: (VaultResponse) -> Void)] = []

    private init(loop: any EventLoop) { self.loop = loop }

    /// The round of an event loop, asked for on that loop.
    static func of(_ loop: any EventLoop) -> RecordingRound {
        loop.preconditionInEventLoop()
        if let known = unsafe ofThread.currentValue { return known }
        let made = RecordingRound(loop: loop)
        unsafe ofThread.currentValue = made
        return made
    }

    /// Adds an answer.
    ///
    /// - Parameter send: called on the loop with what may be sent, once that is recorded.
    func add(_ answer: ImmediateAnswer, send: @escaping (VaultResponse) -> Void) {
        if let last = waiting.last, !last.answer.sharesDevices(with: answer) { close() }
        waiting.append((answer, send))
        guard waiting.count == 1 else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        // It comes after the events that are at hand.
        loop.execute { bound.value.close() }
    }

    private func close() {
        guard !waiting.isEmpty else { return }
        let bound = NIOLoopBound(waiting, eventLoop: loop)
        let answers = waiting.map(\.answer)
        waiting = []
        ImmediateAnswer.record(answers) { [loop] isRecorded in
            loop.execute {
                for (answer, send) in bound.value { send(isRecorded ? answer.response : .unrecorded) }
            }
        }
    }
}
