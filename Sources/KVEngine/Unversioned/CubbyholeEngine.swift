package import EngineKit

/// A private store for each service token, removed with the token.
package struct CubbyholeEngine: Engine {
    /// Makes the engine.
    package init() {}

    /// The routes.
    package var routes: RouteTable {
        RouteTable([
            Route("*path", "An object of fields that only the calling token can reach.")
                .exists { request, transaction throws(EngineError) in
                    // Other tokens than service tokens are told off by the handler.
                    guard let key = Self.recordKey(request) else { return false }
                    return try transaction.get(key) != nil
                }
                .on(.read, serve: Self.read).on(.update, serve: Self.write).on(.delete, serve: Self.delete)
                .on(.list, .scan) { request, transaction throws(EngineError) in
                    let folder = try Self.key(request).path
                    return try NameListing.answer(request, KeyValueRecords.cubbyhole, folder, transaction)
                }
        ])
    }

    private static func recordKey(_ request: EngineRequest) -> StoreKey? {
        guard request.caller.tokenType == .service, !request.caller.tokenKey.isEmpty else { return nil }
        let path = request.caller.tokenKey + [UInt8(ascii: "/")] + request.captures["path"]
        return StoreKey(request.mount.realm, KeyValueRecords.cubbyhole, path)
    }

    private static func key(_ request: EngineRequest) throws(EngineError) -> StoreKey {
        guard let key = recordKey(request) else {
            throw .invalid("cubbyhole operations are only supported by 'service' type tokens")
        }
        return key
    }

    private static func read(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let key = try key(request)
        guard !request.namesFolder, let value = try StoredValue.read(key, transaction) else { throw .notFound }
        return EngineResponse(.rendered(Array(value.json)))
    }

    private static func write(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let key = try key(request)
        try request.requirePath()
        transaction.put(key, try StoredValue.encode(request.input))
        return .noContent
    }

    private static func delete(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let key = try key(request)
        if !request.namesFolder { transaction.delete(key) }
        return .noContent
    }
}
