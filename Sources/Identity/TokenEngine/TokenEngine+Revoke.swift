import EngineKit
import Notation

extension TokenEngine {
    @Sendable func revoke(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let token = try namedToken(request) else { throw .invalid("missing token ID") }
        try refuseBatch(token)
        try tokens.revokeTree(try tokens.key(of: token), transaction)
        return .noContent
    }

    @Sendable func revokeSelf(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try refuseBatch(request.caller.token)
        try tokens.revokeTree(callerKey(request), transaction)
        return .noContent
    }

    @Sendable func revokeAccessor(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let accessor = try namedAccessor(request)
        guard let bytes = try transaction.get(TokenRecords.accessor(accessor)) else {
            throw .invalid("invalid accessor")
        }
        try tokens.revokeTree(String(decoding: bytes, as: UTF8.self), transaction)
        return .noContent
    }

    @Sendable func revokeOrphan(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let token = try namedToken(request) else { throw .invalid("missing token ID") }
        guard request.caller.isRoot || request.caller.hasSudo else {
            throw .invalid("root or sudo privileges required to revoke and orphan")
        }
        try refuseBatch(token)
        let key = try tokens.key(of: token)
        guard try tokens.entry(key, transaction) != nil else { throw .invalid("token to revoke not found") }
        try tokens.revokeOrphaning(key, transaction)
        return .noContent
    }

    private func refuseBatch(_ token: [UInt8]) throws(EngineError) {
        if token.starts(with: TokenStore.batchPrefix.utf8) { throw .invalid("batch tokens cannot be revoked") }
    }
}
