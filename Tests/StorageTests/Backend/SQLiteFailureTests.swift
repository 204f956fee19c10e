import EngineKit
import Foundation
import Synchronization
import Testing

@testable import Storage

/// What the SQLite store does when the medium does not.
@Suite struct SQLiteFailureTests {
    /// Whether this process may mount a small file system of its own.
    private static let canMount: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        defer { folder.remove() }
        guard mountSmall(folder.path, mebibytes: 1) else { return false }
        return unsafe umount2(folder.path, Int32(MNT_DETACH)) == 0
    }()

    private static func mountSmall(_ path: String, mebibytes: Int) -> Bool {
        unsafe mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m,mode=0700") == 0
    }

    @Test(.enabled(if: canMount, "mounting a tmpfs needs root and the right to mount"))
    func aFullDiskFailsCommitsAndNothingElse() async throws {
        try await withTemporaryFolder { folder in
            try #require(Self.mountSmall(folder.path, mebibytes: 3))
            defer { _ = unsafe umount2(folder.path, Int32(MNT_DETACH)) }
            let ballast = folder.path + "/ballast"
            try Data(count: 1 << 20).write(to: URL(fileURLWithPath: ballast))
            let failures = Gauge()
            let store = try await SQLiteStore.open(at: folder.database) { _ in failures.value += 1 }
            let large = SealedValue(readFromBackend: Array(repeating: 1, count: 64 << 10))
            var answered: [RowKey] = []
            var failure: StoreError?
            while failure == nil, answered.count < 100 {
                let next = key(UInt64(answered.count))
                do throws(StoreError) {
                    _ = try await store.commit(SealedBatch(.put(next, large)))
                    answered.append(next)
                } catch {
                    failure = error
                }
            }
            #expect(failure == .unavailable("disk full"))
            #expect(!answered.isEmpty)
            #expect(try await store.rows(in: .all, after: nil, limit: .max).map(\.key) == answered)
            try FileManager.default.removeItem(atPath: ballast)
            let revision = try await store.commit(SealedBatch(.put(key(1000), large)))
            #expect(revision == Revision(UInt64(answered.count + 1)))
            #expect(failures.value == 0)
            await store.close()
            let reopened = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(try await reopened.rows(in: .all, after: nil, limit: .max).map(\.key) == answered + [key(1000)])
            #expect(try await reopened.integrityCheck() == [])
            await reopened.close()
        }
    }

    /// Rows that are written over and over need no more room in the database, only in the log.
    @Test(.enabled(if: canMount, "mounting a tmpfs needs root and the right to mount"))
    func aLogThatFillsTheDiskStartsOver() async throws {
        try await withTemporaryFolder { folder in
            try #require(Self.mountSmall(folder.path, mebibytes: 4))
            defer { _ = unsafe umount2(folder.path, Int32(MNT_DETACH)) }
            let large = SealedValue(readFromBackend: Array(repeating: 1, count: 64 << 10))
            let first = try await SQLiteStore.open(at: folder.database) { _ in }
            for number in 0..<12 as Range<UInt64> { _ = try await first.commit(SealedBatch(.put(key(number), large))) }
            // The database has room for what a commit writes before it frees what it replaces.
            for number in 8..<12 as Range<UInt64> { _ = try await first.commit(SealedBatch(.delete(key(number)))) }
            await first.close()
            let second = try await SQLiteStore.open(at: folder.database) { _ in }
            var refusals: [Int] = []
            for number in 0..<200 {
                // SQLite does not write what is already there.
                let other = SealedValue(readFromBackend: Array(repeating: UInt8(number), count: 64 << 10))
                do throws(StoreError) {
                    _ = try await second.commit(SealedBatch(.put(key(UInt64(number % 8)), other)))
                } catch {
                    refusals.append(number)
                }
            }
            #expect(!refusals.isEmpty, "the disk was meant to be too small for the log")
            #expect(zip(refusals, refusals.dropFirst()).allSatisfy { $1 - $0 > 1 }, "\(refusals)")
            await second.close()
        }
    }

    /// A limit on the size of files makes the system refuse a write with an error that is not "disk full".
    @Test func afterAnInputOutputErrorNothingIsAcknowledgedAnyMore() async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .success) { [path = folder.database as String] in
                signal(SIGXFSZ, SIG_IGN)
                let heard = Mutex<[StoreError]>([])
                let store = try await SQLiteStore.open(at: path) { error in heard.withLock { $0.append(error) } }
                _ = try await store.commit(SealedBatch(.put(key(1), value("a"))))
                var limit = rlimit()
                unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let unlimited = limit.rlim_cur
                limit.rlim_cur = 100_000
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let large = SealedValue(readFromBackend: Array(repeating: 1, count: 1 << 20))
                let first = await #expect(throws: StoreError.self) {
                    try await store.commit(SealedBatch(.put(key(2), large)))
                }
                limit.rlim_cur = unlimited
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let second = await #expect(throws: StoreError.self) {
                    try await store.commit(SealedBatch(.put(key(3), value("a"))))
                }
                #expect(first == second)
                let text = try await store.text(key(1))
                #expect(text == "a", "reading goes on")
                await #expect(throws: StoreError.self) { try await store.backUp(to: path + ".backup") }
                await store.close()
                let failures = heard.withLock { $0 }
                #expect(failures == [first])
                guard case .unavailable? = first else {
                    Issue.record("another error: \(String(describing: first))")
                    return
                }
            }
            let store = try await SQLiteStore.open(at: folder.database) { _ in }
            #expect(try await store.rows(in: .all, after: nil, limit: .max).map(\.key) == [key(1)])
            #expect(try await store.integrityCheck() == [])
            await store.close()
        }
    }
}
