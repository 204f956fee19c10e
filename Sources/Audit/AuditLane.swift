import Dispatch
import Notation
import Synchronization
import VaultCrypto

/// One device with its place in line: records of many requests wait here together, are chained and written in one go,
/// and each request hears how it went.
///
/// The device is called on a queue of its own, never on an event loop or a thread that runs tasks.
final class AuditLane: Sendable {
    /// How long a record may take before the device counts as failed.
    static let deadline = DispatchTimeInterval.seconds(2)
    /// How many records lie between two signed checkpoints.
    static let checkpointInterval: UInt64 = 1024
    /// How many records may wait.
    static let waitingLimit = 8192

    private struct Lines: Sendable {
        let open: [[UInt8]]
        let reply: AuditReply
        let deadline: DispatchTime
    }

    private struct State {
        /// Lines that wait for the device, the oldest first.
        var waiting: [Lines] = []
        /// Lines that the device is writing.
        var underWay: [Lines] = []
        var isScheduled = false
        var isStuck = false
        /// Whether the watch will look at the oldest line when its deadline is over.
        var isWatched = false
    }

    /// Where the chain is, and whether the next line is the first of an opened file.
    private struct Position {
        var chain: HashChain
        var isFirst = true
    }

    private let device: any AuditDevice
    private let signer: SigningKey
    private let queue: DispatchQueue
    private let deadline: DispatchTimeInterval
    private let state = Mutex(State())
    // Changed on the queue only.
    private let position: Mutex<Position>

    init(
        device: any AuditDevice, chain: HashChain, signer: SigningKey, name: String,
        deadline: DispatchTimeInterval = AuditLane.deadline
    ) {
        self.device = device
        self.signer = signer
        self.deadline = deadline
        queue = DispatchQueue(label: "pulsevault.audit.\(name)")
        position = Mutex(Position(chain: chain))
    }

    /// Puts records, each given as an object's text without its closing brace, in line. They are written together.
    ///
    /// - Returns: what hears how it went, at the latest when the deadline is over. A device whose write has not come
    ///   back by its deadline takes nothing more until it has: requests do not wait for it again and again.
    func submit(_ open: [[UInt8]]) -> AuditReply {
        let reply = AuditReply()
        let lines = Lines(open: open, reply: reply, deadline: .now() + deadline)
        enum Next { case refuse(AuditError), wait(wakesDevice: Bool, startsWatch: Bool) }
        let next = state.withLock { state -> Next in
            if state.isStuck { return .refuse(AuditError("the audit device does not answer")) }
            guard state.waiting.count < Self.waitingLimit else {
                return .refuse(AuditError("too many records wait for the audit device"))
            }
            state.waiting.append(lines)
            defer {
                state.isScheduled = true
                state.isWatched = true
            }
            return .wait(wakesDevice: !state.isScheduled, startsWatch: !state.isWatched)
        }
        switch next {
        case .refuse(let error): reply.complete(error)
        case .wait(let wakesDevice, let startsWatch):
            // Outside of the lock, because it wakes a thread that needs the lock.
            if wakesDevice { queue.async { self.writeWaiting() } }
            if startsWatch { watch(until: lines.deadline) }
        }
        return reply
    }

    /// Opens the device's file again.
    func reopen() async throws(AuditError) {
        let reply = AuditReply()
        queue.async {
            do throws(AuditError) {
                try self.device.reopen()
                self.position.withLock { $0.isFirst = true }
                reply.complete(nil)
            } catch {
                reply.complete(error)
            }
        }
        if let error = await reply.value() { throw error }
    }

    /// Looks at the lines again when a deadline is over. One look serves all lines: a timer for each would cost more
    /// than writing it.
    private func watch(until deadline: DispatchTime) {
        DispatchQueue.global().asyncAfter(deadline: deadline) { self.expireOverdue() }
    }

    private func expireOverdue() {
        let now = DispatchTime.now()
        let (overdue, next) = state.withLock { state -> ([AuditReply], DispatchTime?) in
            let unanswered = (state.underWay + state.waiting).filter { !$0.reply.isCompleted }
            let overdue = unanswered.prefix { $0.deadline <= now }.map(\.reply)
            if !overdue.isEmpty, !state.underWay.isEmpty { state.isStuck = true }
            let next = unanswered.dropFirst(overdue.count).first?.deadline
            state.isWatched = next != nil
            return (overdue, next)
        }
        for reply in overdue { reply.complete(AuditError("the audit device did not answer in time")) }
        if let next { watch(until: next) }
    }

    /// Runs on the queue.
    private func writeWaiting() {
        let batch = state.withLock { state in
            let batch = state.waiting
            state.underWay = batch
            state.waiting = []
            state.isScheduled = false
            return batch
        }
        // The chain moves on only when the device has taken the lines: a record that was refused is not in the file,
        // so the next one must not build on it.
        var position = position.withLock { $0 }
        var lines: [UInt8] = []
        if position.isFirst { appendCheckpoint(to: &lines, &position.chain) }
        position.isFirst = false
        for open in batch.lazy.flatMap(\.open) {
            lines += open
            lines += position.chain.append(open)
            if position.chain.sequence % Self.checkpointInterval == 0 { appendCheckpoint(to: &lines, &position.chain) }
        }
        var failure: AuditError?
        do throws(AuditError) {
            try device.write(lines)
            self.position.withLock { $0 = position }
        } catch {
            failure = error
        }
        state.withLock { state in
            state.underWay = []
            state.isStuck = false
        }
        for lines in batch { lines.reply.complete(failure) }
    }

    private func appendCheckpoint(to lines: inout [UInt8], _ chain: inout HashChain) {
        let open = AuditCheckpoint(sequence: chain.sequence, head: chain.head).text(signedBy: signer, at: .now())
        lines += open
        lines += chain.append(open)
    }
}
