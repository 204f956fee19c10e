package import EngineKit

/// Key-value secrets without versions (Vault's KV version 1): each path holds one object, replaced as a whole.
package struct UnversionedKeyValueEngine: Engine {
    /// Makes the engine.
    package init() {}

    /// The routes.
    package var routes: RouteTable {
        RouteTable([
            Route("*path", "An object of fields; `ttl` tells readers when to look again.")
                .exists { request, transaction throws(EngineError) in
                    try transaction.get(Self.key(request)) != nil
                }
                .on(.read, serve: Self.read).on(.update, serve: Self.write).on(.delete, serve: Self.delete)
                .on(.list, .scan) { request, transaction throws(EngineError) in
                    try NameListing.answer(request, KeyValueRecords.values, request.captures["path"], transaction)
                }
        ])
    }

    private static func key(_ request: EngineRequest) -> StoreKey {
        StoreKey(request.mount.realm, KeyValueRecords.values, request.captures["path"])
    }

    private static func read(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard !request.namesFolder, let value = try StoredValue.read(key(request), transaction) else {
            throw .notFound
        }
        let mount = request.mount
        let seconds = value.leaseSeconds.map { min($0, mount.maxLeaseTTL) } ?? mount.defaultLeaseTTL
        return EngineResponse(.rendered(Array(value.json)), leaseDuration: seconds)
    }

    private static func write(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try request.requirePath()
        transaction.put(key(request), try StoredValue.encode(request.input))
        return .noContent
    }

    private static func delete(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        if !request.namesFolder { transaction.delete(key(request)) }
        return .noContent
    }
}

extension EngineRequest {
    /// Whether the captured path is empty or ends in a slash, so that no record can be there.
    var namesFolder: Bool {
        let path = captures["path"]
        return path.isEmpty || path.last == UInt8(ascii: "/")
    }

    /// Refuses writes to a path where no record can be.
    func requirePath() throws(EngineError) {
        if captures["path"].isEmpty { throw .invalid("missing path") }
        if namesFolder { throw .invalid("cannot write to a path ending in '/'") }
    }
}
