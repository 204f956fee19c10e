import EngineKit
import Notation
import Storage
import Synchronization

/// Tells subscribers of changes as they are committed.
///
/// One task follows the store's feed and reads each change once, however many listen. A subscriber that falls behind
/// by more than its buffer is let go; it comes back with the last event it saw and is told the rest.
final class EventHub: Sendable {
    /// How many events may wait for a slow subscriber.
    private static let backlog = 256

    private struct Subscriber {
        let stream: EventStream
        let continuation: AsyncStream<[UInt8]>.Continuation
    }

    private struct State {
        var subscribers: [UInt64: Subscriber] = [:]
        var next: UInt64 = 0
        var isFollowing = false
        var isOver = false
    }

    private let barrier: Barrier
    private let state = Mutex(State())

    init(_ barrier: Barrier) { self.barrier = barrier }

    /// The events of a stream, each as the bytes to send, from now on.
    ///
    /// The sequence ends when the vault is sealed, or when the subscriber is too slow.
    func subscribe(_ stream: EventStream) throws(StoreError) -> AsyncStream<[UInt8]> {
        let (events, continuation) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingOldest(Self.backlog))
        let changes = try barrier.changes(after: barrier.revision)
        let place: (id: UInt64, isFirst: Bool)? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.next &+= 1
            state.subscribers[state.next] = Subscriber(stream: stream, continuation: continuation)
            defer { state.isFollowing = true }
            return (state.next, !state.isFollowing)
        }
        guard let place else {
            continuation.finish()
            return events
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.subscribers.removeValue(forKey: place.id) }
        }
        if place.isFirst { Task { await self.follow(changes) } }
        return events
    }

    private func follow(_ changes: ChangeFeed.Changes) async {
        let transactor = Transactor(store: barrier)
        for await element in changes {
            switch element {
            case .commit(let notice):
                for key in notice.keys { await tell(key, transactor) }
                // Another node's commit does not say which records it wrote.
                for realm in notice.realms { dismiss { $0.realm == realm } }
            case .gap: dismiss { _ in true }
            }
        }
        let left = state.withLock { state in
            state.isFollowing = false
            return Array(state.subscribers.values)
        }
        for subscriber in left { subscriber.continuation.finish() }
    }

    private func tell(_ key: StoreKey, _ transactor: Transactor) async {
        let listening = state.withLock { state in
            state.subscribers.values.filter { $0.stream.realm == key.realm && $0.stream.changes == key.kind }
        }
        guard !listening.isEmpty else { return }
        let streams = Dictionary(
            listening.map { ($0.stream.group, $0.stream) }, uniquingKeysWith: { first, _ in first })
        let events = try? await transactor.run { transaction throws(EngineError) in
            var events: [[UInt8]: [UInt8]] = [:]
            for (group, stream) in streams { events[group] = try stream.tell(key.ordinal, transaction) }
            return events
        }.answer
        // Who cannot be told comes back and is.
        guard let events else { return dismiss { $0.realm == key.realm && $0.changes == key.kind } }
        for subscriber in listening {
            guard let event = events[subscriber.stream.group] else { continue }
            if case .dropped = subscriber.continuation.yield(event) { subscriber.continuation.finish() }
        }
    }

    /// Sends all subscribers a sign of life.
    func pulse() {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) {
            if case .dropped = subscriber.continuation.yield(Vault.heartbeat) { subscriber.continuation.finish() }
        }
    }

    /// Whether all streams have ended for good.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Ends all streams, for good: the server goes.
    func end() {
        let all = state.withLock { state in
            state.isOver = true
            return Array(state.subscribers.values)
        }
        for subscriber in all { subscriber.continuation.finish() }
    }

    /// Lets subscribers go who cannot be told exactly; they come back and are.
    private func dismiss(_ isConcerned: (EventStream) -> Bool) {
        let concerned = state.withLock { $0.subscribers.values.filter { isConcerned($0.stream) } }
        for subscriber in concerned { subscriber.continuation.finish() }
    }
}
