import EngineKit
import Foundation
import Testing

@testable import Storage

/// How the SQLite store groups, bounds and finishes its writes.
@Suite struct SQLiteWritingTests {
    @Test func manyWritersShareWritesToTheMedium() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            try await withThrowingTaskGroup { group in
                for writer in 0..<64 as Range<UInt64> {
                    group.addTask {
                        for _ in 0..<20 { _ = try await store.commit(SealedBatch(.put(key(writer), value("a")))) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(store.statistics.batches == 1280)
            #expect(store.statistics.groups < 640)
            #expect(store.revision == Revision(1280))
            await store.close()
        }
    }

    /// While the thread is held in the observer, everything else has to wait: exactly as much as may.
    @Test(.timeLimit(.minutes(1))) func aFullQueueRefusesAndLosesNothingItAccepted() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            let (held, isHeld) = AsyncStream<Void>.makeStream()
            let release = DispatchSemaphore(value: 0)
            store.observeCommits { commit in
                guard commit.revision == Revision(1) else { return }
                isHeld.finish()
                release.wait()
            }
            async let first = store.commit(SealedBatch(.put(key(0), value("a"))))
            for await _ in held {}
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 1...5000 as ClosedRange<UInt64> {
                    group.addTask {
                        do throws(StoreError) {
                            _ = try await store.commit(SealedBatch(.put(key(number), value("a"))))
                            return true
                        } catch {
                            guard case .unavailable = error else { throw error }
                            return false
                        }
                    }
                }
                var accepted = 0
                var refused = 0
                for try await isAccepted in group {
                    if isAccepted { accepted += 1 } else { refused += 1 }
                    if refused == 904 { release.signal() }
                }
                return accepted
            }
            _ = try await first
            #expect(accepted == 4096)
            #expect(try await store.rows(in: .all, after: nil, limit: .max).count == 4097)
            #expect(store.statistics.groups == 1 + 4096 / 128)
            await store.close()
        }
    }

    /// A conflict in a group takes nothing else with it, and later batches see earlier ones of the same group.
    @Test(.timeLimit(.minutes(1))) func batchesOfAGroupFailAlone() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 as Range<UInt64> {
                    group.addTask {
                        do throws(StoreError) {
                            _ = try await store.commit(
                                SealedBatch(
                                    expecting: [(key(number / 2), .absent)],
                                    .put(key(1000 + number), value("a")), .put(key(number / 2), value("a"))))
                            return true
                        } catch .conflict {
                            return false
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter(\.self).count == 50)
            #expect(try await store.rows(in: .all, after: nil, limit: .max).count == 100)
            #expect(store.revision == Revision(50))
            await store.close()
        }
    }

    @Test func theLogIsMovedIntoTheDatabaseWhileWriting() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            let text = SealedValue(readFromBackend: Array(repeating: 1, count: 1 << 20))
            for number in 0..<80 as Range<UInt64> {
                _ = try await store.commit(SealedBatch(.put(key(number), text)))
            }
            let log = try FileManager.default.attributesOfItem(atPath: store.files.log)
            #expect(try #require(log[.size] as? Int) < 40 << 20, "80 MiB were written")
            #expect(try await store.integrityCheck() == [])
            await store.close()
        }
    }

    @Test func damageIsFoundByTheIntegrityCheck() async throws {
        try await withTemporaryFolder { folder in
            let first = try await SQLiteStore.open(at: folder.database) { _ in }
            for number in 0..<500 as Range<UInt64> {
                _ = try await first.commit(SealedBatch(.put(key(number), value(String(repeating: "a", count: 200)))))
            }
            await first.close()
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.database))
            try file.seek(toOffset: 5 * 4096)
            try file.write(contentsOf: Data(repeating: 0xee, count: 4096))
            try file.close()
            let second = try await SQLiteStore.open(at: folder.database) { _ in }
            let findings = try? await second.integrityCheck()
            #expect(findings != [], "either findings, or the check cannot go on")
            await second.close()
        }
    }

    /// The process dies by a signal in the middle of writing; what it had been answered must be there.
    @Test func killingTheProcessLosesNothingThatWasAnswered() async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder.path as String] in
                let store = try await SQLiteStore.open(at: folder + "/vault/vault.db") { _ in }
                let answers = unsafe open(folder + "/answers", O_CREAT | O_WRONLY | O_APPEND, 0o600)
                try await withThrowingTaskGroup { group in
                    for writer in 0..<16 as Range<UInt64> {
                        group.addTask {
                            for number in 0..<1000 as Range<UInt64> {
                                let name = writer * 1000 + number
                                _ = try await store.commit(
                                    SealedBatch(.put(key(name), value("a")), .put(key(name, realm: 2), value("a"))))
                                var line = Array("\(name)\n".utf8)
                                unsafe write(answers, &line, line.count)
                                if store.revision >= Revision(2000) { kill(getpid(), SIGKILL) }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let text = try String(contentsOfFile: folder.path + "/answers", encoding: .utf8)
            let answered = text.split(separator: "\n").compactMap { UInt64($0) }
            #expect(answered.count >= 1000)
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(try await store.integrityCheck() == [])
            let rows = try await store.get(answered.map { key($0) })
            #expect(rows.allSatisfy { $0 != nil })
            let first = try await store.rows(in: .realm(1), after: nil, limit: .max)
            let second = try await store.rows(in: .realm(2), after: nil, limit: .max)
            #expect(first.map(\.key.words[4]) == second.map(\.key.words[4]), "a batch is there whole or not at all")
            #expect(store.revision == Revision(UInt64(first.count)))
            await store.close()
        }
    }
}
