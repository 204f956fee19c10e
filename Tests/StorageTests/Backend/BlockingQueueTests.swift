import Synchronization
import Testing

@testable import Storage

/// The queue between tasks and the threads that work for them.
@Suite struct BlockingQueueTests {
    private func elements(_ delivery: BlockingQueue<Int>.Delivery) -> [Int]? {
        if case .elements(let elements) = delivery { elements } else { nil }
    }

    @Test func elementsComeOutInOrderUpToTheLimit() {
        let queue = BlockingQueue<Int>(countLimit: 10)
        for number in 0..<5 { #expect(queue.offer(number) == .accepted) }
        #expect(elements(queue.take(upTo: 3, waiting: .endless)) == [0, 1, 2])
        #expect(elements(queue.take(upTo: 3, waiting: .endless)) == [3, 4])
        #expect(elements(queue.take(upTo: 3, waiting: .none)) == nil)
    }

    @Test func countAndCostAreBounded() {
        let queue = BlockingQueue<Int>(countLimit: 3, costLimit: 100)
        #expect(queue.offer(1, cost: 50) == .accepted)
        #expect(queue.offer(2, cost: 51) == .full)
        #expect(queue.offer(3, cost: .max) == .full)
        #expect(queue.offer(4, cost: 50) == .accepted)
        #expect(queue.offer(5, cost: 0) == .accepted)
        #expect(queue.offer(6, cost: 0) == .full)
        #expect(elements(queue.take(upTo: 5, costLimit: 99, waiting: .none)) == [1])
        #expect(elements(queue.take(upTo: 5, costLimit: 50, waiting: .none)) == [4, 5])
    }

    @Test func anElementAboveTheCostLimitPassesAlone() {
        let queue = BlockingQueue<Int>(countLimit: 3, costLimit: 100)
        #expect(queue.offer(1, cost: 101) == .accepted)
        #expect(queue.offer(2, cost: 1) == .full)
        #expect(elements(queue.take(upTo: 5, costLimit: 50, waiting: .none)) == [1])
        #expect(queue.offer(3, cost: 1) == .accepted)
    }

    @Test func aClosedQueueGivesOutWhatItHasAccepted() {
        let queue = BlockingQueue<Int>(countLimit: 3)
        #expect(queue.offer(1) == .accepted)
        queue.close()
        #expect(queue.offer(2) == .closed)
        #expect(elements(queue.take(upTo: 5, waiting: .endless)) == [1])
        guard case .closed = queue.take(upTo: 5, waiting: .endless) else {
            Issue.record("a drained queue is closed")
            return
        }
    }

    @Test(.timeLimit(.minutes(1))) func waitingThreadsGetEverythingOnce() async throws {
        let queue = BlockingQueue<Int>(countLimit: 100_000)
        let sums = (0..<4).map { _ in Total() }
        let threads = try sums.map { total in
            try DedicatedThread {
                while case .elements(let numbers) = queue.take(upTo: 7, waiting: .endless) {
                    for number in numbers { total.add(number) }
                }
            }
        }
        await withTaskGroup { group in
            for start in 0..<8 {
                group.addTask {
                    for number in 0..<1000 { #expect(queue.offer(start * 1000 + number) == .accepted) }
                }
            }
        }
        queue.close()
        for thread in threads { thread.join() }
        #expect(sums.reduce(0) { $0 + $1.count } == 8000)
        #expect(sums.reduce(0) { $0 + $1.sum } == 8000 * 7999 / 2)
    }
}

/// A sum one thread makes and another reads after joining it.
private final class Total: Sendable {
    private let state = Mutex((sum: 0, count: 0))

    var sum: Int { state.withLock { $0.sum } }
    var count: Int { state.withLock { $0.count } }

    func add(_ number: Int) {
        state.withLock { state in
            state.sum += number
            state.count += 1
        }
    }
}
