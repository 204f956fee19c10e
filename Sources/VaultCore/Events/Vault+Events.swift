package import EngineKit
package import Notation

extension Vault {
    /// The events of a stream that an answer promised: first those the client missed, then each as it happens.
    ///
    /// - Returns: the events, each as the bytes to send; `nil` when the vault was sealed meanwhile.
    package func events(of stream: EventStream) async -> (missed: [[UInt8]], next: AsyncStream<[UInt8]>)? {
        // Subscribed before the log is read, so that nothing falls between; what is in both is sent twice, with the
        // same identifier, which clients take for the same.
        guard let running, let next = try? hub.subscribe(stream) else { return nil }
        let missed = try? await running.transactor.run { transaction throws(EngineError) in
            try stream.recall(transaction, .now())
        }.answer
        return (missed ?? [], next)
    }

    /// Waits until a stream has something to tell, or until a time; returns at once when it has already.
    ///
    /// - Returns: whether it can be waited for again; not, when the server goes.
    package func wait(for stream: EventStream, until time: Timestamp) async -> Bool {
        guard let (missed, next) = await events(of: stream), missed.isEmpty else { return !hub.isOver }
        let seconds = max(0, time.since(.now()).wholeSeconds + 1)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await event in next where event != Self.heartbeat { return } }
            group.addTask {
                // Cancelled when the stream was faster.
                _ = try? await Task.sleep(for: .seconds(seconds))
            }
            await group.next()
            group.cancelAll()
        }
        return !hub.isOver
    }

    /// What streams carry while nothing happens: a comment.
    package static let heartbeat = Array(": alive\n\n".utf8)

    /// Sends all streams a sign of life.
    package func pulseStreams() { hub.pulse() }

    /// Ends all streams, because the server goes.
    package func endStreams() { hub.end() }

    /// Whether a request would still be let in: asked again while its answer goes on.
    package func stillAdmits(_ request: VaultRequest) async -> Bool {
        guard let running else { return false }
        let pipeline = RequestPipeline(running: running, reload: {})
        let admit = { (transaction: Transaction) throws(EngineError) -> Bool in
            try pipeline.admit(request, .now(), transaction).refusal == nil
        }
        // Nearly always everything is at hand.
        if let isAdmitted = try? running.transactor.runNow(admit) { return isAdmitted }
        return (try? await running.transactor.run(admit).answer) ?? false
    }
}
