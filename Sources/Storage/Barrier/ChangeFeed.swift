package import EngineKit
import Synchronization

/// What one commit changed, without any value.
package struct ChangeNotice: Sendable {
    /// The commit.
    package let revision: Revision
    /// The records that were written or removed through this barrier.
    package let keys: [StoreKey]
    /// Realms that came or went, or in which records changed that this barrier cannot name because another node
    /// wrote them. Whoever keeps anything of such a realm reads it again.
    package let realms: [Realm]
}

/// The commits in order, for those who keep something in memory that follows the store.
///
/// The feed remembers a bounded number of commits. A subscriber asks for what comes after a revision it has seen; if
/// the feed no longer remembers that far back, the subscriber is told of the gap and reads its state anew.
package final class ChangeFeed: Sendable {
    /// What a subscriber is told.
    package enum Element: Sendable {
        /// A commit.
        case commit(ChangeNotice)
        /// Commits up to this one were forgotten before they could be told: read the state again.
        case gap(Revision)
    }

    private struct State {
        var notices: ChangeRing
        var signals: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var nextSubscriber: UInt64 = 0
        var isFinished = false
    }

    private let state: Mutex<State>

    /// Makes a feed.
    ///
    /// - Parameters:
    ///   - floor: the newest commit before the feed began; anything older is a gap.
    ///   - commitLimit: how many commits are remembered.
    ///   - keyLimit: how many records' addresses are remembered over all commits.
    package init(floor: Revision, commitLimit: Int = 4096, keyLimit: Int = 65_536) {
        state = Mutex(State(notices: ChangeRing(floor: floor, commitLimit: commitLimit, keyLimit: keyLimit)))
    }

    /// Tells the subscribers of a commit. Called in the order of revisions.
    func publish(_ notice: ChangeNotice) {
        let signals = state.withLock { state in
            state.notices.append(notice)
            return Array(state.signals.values)
        }
        for signal in signals { signal.yield() }
    }

    /// The commits after a revision: first those remembered, then each new one as it is made.
    ///
    /// The sequence ends when the barrier is sealed or the task is cancelled. Each call gives a sequence for one loop.
    package func subscribe(after revision: Revision) -> Changes {
        let (signals, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let subscriber: UInt64? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.nextSubscriber &+= 1
            state.signals[state.nextSubscriber] = continuation
            return state.nextSubscriber
        }
        if let subscriber {
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.signals.removeValue(forKey: subscriber) }
            }
        } else {
            continuation.finish()
        }
        return Changes(feed: self, signals: signals, cursor: revision)
    }

    /// Makes everything up to a revision a gap. Called once the feed hears of all later commits.
    func begin(after revision: Revision) {
        state.withLock { $0.notices.forget(upTo: revision) }
    }

    /// Ends all subscriptions.
    func finish() {
        let signals = state.withLock { state in
            state.isFinished = true
            defer { state.signals = [:] }
            return Array(state.signals.values)
        }
        for signal in signals { signal.finish() }
    }

    /// The oldest remembered element after a revision, if there is one.
    fileprivate func element(after cursor: Revision) -> Element? {
        state.withLock { $0.isFinished ? nil : $0.notices.element(after: cursor) }
    }

    /// One subscription.
    package struct Changes: AsyncSequence, Sendable {
        fileprivate let feed: ChangeFeed
        fileprivate let signals: AsyncStream<Void>
        fileprivate let cursor: Revision

        /// Begins the loop.
        package func makeAsyncIterator() -> Iterator {
            Iterator(feed: feed, signals: signals.makeAsyncIterator(), cursor: cursor)
        }

        /// The position of one subscriber in the feed. It pulls from the feed's own memory and buffers nothing.
        package struct Iterator: AsyncIteratorProtocol {
            fileprivate let feed: ChangeFeed
            fileprivate var signals: AsyncStream<Void>.Iterator
            fileprivate var cursor: Revision

            /// The next element; `nil` when the feed has ended or the task was cancelled.
            package mutating func next() async -> Element? {
                while !Task.isCancelled {
                    if let element = feed.element(after: cursor) {
                        switch element {
                        case .commit(let notice): cursor = notice.revision
                        case .gap(let revision): cursor = revision
                        }
                        return element
                    }
                    guard await signals.next() != nil else { return nil }
                }
                return nil
            }
        }
    }
}
