/// Runs handlers over a store: loads what they miss, commits what they write, retries when others were faster.
///
/// This is the one retry loop of the server.
package struct Transactor: Sendable {
    /// How often a transaction starts afresh because its reads were overtaken, before the caller hears of it.
    package static let conflictLimit = 100

    /// How often a transaction is overtaken before it waits for its turn with the others that were.
    private static let patience = 2

    /// The store that is read and written.
    package let store: any KeyValueStore
    private let turns = Turns()

    /// Makes a transactor over a store.
    package init(store: any KeyValueStore) {
        self.store = store
    }

    /// A handler's answer and the commit that made its writes durable; no commit when it wrote nothing.
    package struct Outcome<Answer> {
        /// What the handler answered in the attempt that counted.
        package let answer: Answer
        /// The commit of its writes.
        package let revision: Revision?
        /// The kinds of system records that were written, for those who keep a picture of them in memory.
        package let systemKinds: Set<RecordKind>
    }

    /// Runs a handler until it has read a consistent state and its writes are durable.
    ///
    /// - Parameter body: the handler. It may run several times and must have no effect outside of the transaction.
    /// - Returns: the answer of the last run.
    /// - Throws: what the handler threw, or `EngineError.store` when the store failed.
    package func run<Answer>(
        _ body: (Transaction) throws(EngineError) -> Answer
    ) async throws(EngineError) -> Outcome<Answer> {
        let transaction = Transaction(store: store)
        var restarts = 0
        var hasTurn = false
        defer { if hasTurn { turns.end() } }
        while true {
            let answer: Answer
            do throws(EngineError) {
                answer = try body(transaction)
            } catch .notLoaded {
                try await loadMissing(transaction)
                transaction.rewind()
                continue
            } catch .inconsistentRead where restarts < Self.conflictLimit {
                restarts += 1
                // Half of a commit was seen. Whoever takes it in may have lost the processor, and trying again and
                // again without a pause would use up all attempts before it has it back.
                if restarts > Self.patience { try? await Task.sleep(for: .milliseconds(1)) }
                transaction.restart()
                continue
            }
            guard transaction.hasWrites else {
                transaction.performEffects()
                return Outcome(answer: answer, revision: nil, systemKinds: [])
            }
            let batch = transaction.batch()
            do throws(StoreError) {
                let revision = try await store.commit(batch)
                transaction.performEffects()
                let kinds = batch.writes.lazy.map(\.key).filter { $0.realm == .system }.map(\.kind)
                return Outcome(answer: answer, revision: revision, systemKinds: Set(kinds))
            } catch .conflict where restarts < Self.conflictLimit {
                restarts += 1
                // Many writers of one record would overtake each other until the last ones gave up.
                if restarts > Self.patience, !hasTurn {
                    await turns.begin()
                    hasTurn = true
                }
                transaction.restart()
            } catch {
                throw .store(error)
            }
        }
    }

    /// Runs a handler at once, without waiting.
    ///
    /// - Returns: the answer, or `nil` when something would have to be loaded or written; nothing happened then.
    /// - Throws: what the handler threw.
    package func runNow<Answer>(_ body: (Transaction) throws(EngineError) -> Answer) throws(EngineError) -> Answer? {
        let transaction = Transaction(store: store)
        do throws(EngineError) {
            let answer = try body(transaction)
            guard !transaction.hasWrites else { return nil }
            transaction.performEffects()
            return answer
        } catch .notLoaded, .inconsistentRead {
            return nil
        }
    }

    private func loadMissing(_ transaction: Transaction) async throws(EngineError) {
        let keys = transaction.missingKeys
        let listings = transaction.missingListings
        do throws(StoreError) {
            if !keys.isEmpty {
                for (key, stored) in zip(keys, try await store.load(keys)) { transaction.supply(key, stored) }
            }
            for listing in listings { transaction.supply(listing, try await store.list(listing)) }
        } catch {
            throw .store(error)
        }
    }
}
