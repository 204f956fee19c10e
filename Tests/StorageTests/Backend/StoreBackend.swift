import Foundation
import Storage
import Testing

/// One place for a store's data, made for one test.
protocol SealedStoreFixture: Sendable {
    /// Opens the store; a second time after the first was closed.
    func open() async throws -> any SealedStore
    /// Removes the data.
    func remove() async
}

/// A kind of store the contract is tested with. Another kind joins by being added to `all`.
struct StoreBackend: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Whether the data is still there after closing and opening again.
    let isDurable: Bool
    let makeFixture: @Sendable () async throws -> any SealedStoreFixture

    static let all = [
        StoreBackend(testDescription: "memory", isDurable: false) { MemoryFixture() },
        StoreBackend(testDescription: "SQLite", isDurable: true) { try SQLiteFixture() },
    ]

    static let durable = all.filter(\.isDurable)

    /// Runs a test with a fresh store, and closes it.
    func withStore(_ body: (any SealedStore) async throws -> Void) async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            do { try await body(store) } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }

    /// Runs a test with a fresh place for data, and removes it.
    func withFixture(_ body: (any SealedStoreFixture) async throws -> Void) async throws {
        let fixture = try await makeFixture()
        do { try await body(fixture) } catch {
            await fixture.remove()
            throw error
        }
        await fixture.remove()
    }
}

private struct MemoryFixture: SealedStoreFixture {
    func open() async throws -> any SealedStore { MemoryStore() }
    func remove() async {}
}

private struct SQLiteFixture: SealedStoreFixture {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func open() async throws -> any SealedStore {
        try await SQLiteStore.open(at: folder.database) { _ in }
    }

    func remove() async { folder.remove() }
}

/// A folder of a test's own.
struct TemporaryFolder: Sendable {
    /// The folder's path.
    let path: String

    /// Where the test's database belongs.
    var database: String { path + "/vault/vault.db" }

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/pulsevault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func remove() {
        // A folder that stays behind does not make a result wrong.
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Runs a test with a folder of its own.
func withTemporaryFolder(_ body: (TemporaryFolder) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    do { try await body(folder) } catch {
        folder.remove()
        throw error
    }
    folder.remove()
}
