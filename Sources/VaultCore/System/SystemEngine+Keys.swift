import EngineKit
import Notation

extension SystemEngine {
    var keyRoutes: [Route] {
        [
            Route("seal", "Seals the vault: wipes all keys from memory.").sudo().control(.update, serve: seal),
            Route("step-down", "Gives up leadership; a single node goes on.").sudo().control(.update) {
                _ throws(EngineError) in .noContent
            },
            Route("rotate", "Adds a key to the keyring for all new writes.").sudo().control(.update, serve: rotate),
            Route("rotate/keyring", "Adds a key to the keyring for all new writes.").sudo()
                .control(.update, serve: rotate),
            Route("key-status", "Describes the active key of the keyring.").on(.read, serve: keyStatus),
        ]
    }

    @Sendable private func seal(_ request: EngineRequest) async throws(EngineError) -> EngineResponse {
        await services.seal()
        return .noContent
    }

    @Sendable private func rotate(_ request: EngineRequest) async throws(EngineError) -> EngineResponse {
        try await services.rotate()
        return .noContent
    }

    @Sendable private func keyStatus(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let status = try services.keyStatus()
        return EngineResponse(
            .data([
                "encryptions": .integer(status.encryptions), "install_time": .string(status.installTime),
                "term": .integer(status.term),
            ]), repeatsDataAtTop: true)
    }
}
