import Dispatch
import Notation
import Synchronization
import VaultCrypto

/// One device with its place in line: records of many requests wait here together, are chained and written in one go,
/// and each request hears how it went.
///
/// The device is called on a queue of its own, never on an event loop or a thread that runs tasks.
final class AuditLane: Sendable {
    /// How long a record may take before the device counts as failed, in seconds.
    static let deadlineSeconds = 2
    /// How many records lie between two signed checkpoints.
    static let checkpointInterval: UInt64 = 1024
    /// How many records may wait.
    static let waitingLimit = 8192

    private struct State {
        var waiting: [(open: [UInt8], reply: AuditReply)] = []
        var isScheduled = false
        var chain: HashChain
    }

    private let device: any AuditDevice
    private let signer: SigningKey
    private let queue: DispatchQueue
    private let state: Mutex<State>

    init(device: any AuditDevice, chain: HashChain, signer: SigningKey, name: String) {
        self.device = device
        self.signer = signer
        queue = DispatchQueue(label: "pulsevault.audit.\(name)")
        state = Mutex(State(chain: chain))
    }

    /// Writes a record, given as an object's text without its closing brace.
    func record(_ open: [UInt8]) async throws(AuditError) {
        let reply = AuditReply()
        let isAccepted = state.withLock { state in
            guard state.waiting.count < Self.waitingLimit else { return false }
            state.waiting.append((open, reply))
            if !state.isScheduled {
                state.isScheduled = true
                queue.async { self.writeWaiting() }
            }
            return true
        }
        guard isAccepted else { throw AuditError("too many records wait for the audit device") }
        let deadline = DispatchTime.now() + .seconds(Self.deadlineSeconds)
        DispatchQueue.global().asyncAfter(deadline: deadline) {
            reply.complete(AuditError("the audit device did not answer in time"))
        }
        if let error = await reply.value() { throw error }
    }

    /// Opens the device's file again.
    func reopen() async throws(AuditError) {
        let reply = AuditReply()
        queue.async {
            do throws(AuditError) {
                try self.device.reopen()
                reply.complete(nil)
            } catch {
                reply.complete(error)
            }
        }
        if let error = await reply.value() { throw error }
    }

    /// Runs on the queue.
    private func writeWaiting() {
        let (batch, lines) = state.withLock { state in
            let batch = state.waiting
            state.waiting = []
            state.isScheduled = false
            var lines: [UInt8] = []
            for (open, _) in batch {
                lines += open
                lines += state.chain.append(open)
                if state.chain.sequence % Self.checkpointInterval == 0 { appendCheckpoint(to: &lines, &state.chain) }
            }
            return (batch, lines)
        }
        var failure: AuditError?
        do throws(AuditError) {
            try device.write(lines)
        } catch {
            failure = error
        }
        for (_, reply) in batch { reply.complete(failure) }
    }

    private func appendCheckpoint(to lines: inout [UInt8], _ chain: inout HashChain) {
        let open = AuditCheckpoint(sequence: chain.sequence, head: chain.head).text(signedBy: signer, at: .now())
        lines += open
        lines += chain.append(open)
    }
}

/// The answer to one record, given once: by the device or by the deadline, whichever is first.
final class AuditReply: Sendable {
    private enum State {
        case pending
        case waited(CheckedContinuation<AuditError?, Never>)
        case completed(AuditError?)
    }

    private let state = Mutex(State.pending)

    /// Gives the answer; later ones are ignored.
    func complete(_ error: AuditError?) {
        let waiting = state.withLock { state -> CheckedContinuation<AuditError?, Never>? in
            switch state {
            case .pending:
                state = .completed(error)
                return nil
            case .waited(let continuation):
                state = .completed(error)
                return continuation
            case .completed:
                return nil
            }
        }
        waiting?.resume(returning: error)
    }

    /// Waits for the answer.
    func value() async -> AuditError? {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> AuditError?? in
                if case .completed(let error) = state { return .some(error) }
                state = .waited(continuation)
                return .none
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
