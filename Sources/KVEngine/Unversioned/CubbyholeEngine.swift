package import EngineKit
import Notation

/// A private store for each service token, removed with the token.
package struct CubbyholeEngine: Engine {
    /// Finds the answer that a token stands for as a wrapping token, by the token's key.
    package typealias WrappedAnswer =
        @Sendable (_ tokenKey: String, Transaction) throws(EngineError) -> [UInt8]?

    private let wrapped: WrappedAnswer

    /// Makes the engine.
    ///
    /// - Parameter wrapped: what older clients fetch from `response` with a wrapping token.
    package init(wrapped: @escaping WrappedAnswer = { _, _ in nil }) { self.wrapped = wrapped }

    /// The routes.
    package var routes: RouteTable {
        RouteTable([
            Route("*path", "An object of fields that only the calling token can reach.")
                .exists { request, transaction throws(EngineError) in
                    // Other tokens than service tokens are told off by the handler.
                    guard let key = Self.recordKey(request) else { return false }
                    return try transaction.get(key) != nil
                }
                .on(.read, serve: read).on(.update, serve: Self.write).on(.delete, serve: Self.delete)
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

    @Sendable private func read(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let key = try Self.key(request)
        guard !request.namesFolder else { throw .notFound }
        if let value = try StoredValue.read(key, transaction) { return EngineResponse(.rendered(Array(value.json))) }
        guard request.captures["path"].elementsEqual("response".utf8),
            let answer = try wrapped(String(decoding: request.caller.tokenKey, as: UTF8.self), transaction)
        else { throw .notFound }
        return .data(["response": .string(String(decoding: answer, as: UTF8.self))])
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
