import EngineKit
import Storage

/// Backups of the store. There is no route that restores one: the server would have to drop every key, token and lease
/// it has in memory while requests use them, so `vaultcli operator restore` does it while the server is stopped.
extension SystemEngine {
    /// The largest database that is answered, in bytes: an answer is made whole in memory.
    static let backupLimit = 256 << 20

    var storageRoutes: [Route] {
        [
            Route("storage/backup", "All data, sealed as they are stored, as of one moment.").sudo()
                .control(.read, serve: backUp)
        ]
    }

    @Sendable private func backUp(_ request: EngineRequest) async throws(EngineError) -> EngineResponse {
        guard let database = (try running().transactor.store as? Barrier)?.database else {
            throw .invalid("this storage cannot be backed up: it is not a database file")
        }
        do throws(StoreError) {
            let bytes = try await database.backup(limit: Self.backupLimit)
            return EngineResponse(.raw(contentType: "application/octet-stream", bytes))
        } catch {
            throw .store(error)
        }
    }
}
