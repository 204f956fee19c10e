import EngineKit
import Identity
import Notation

/// Response wrapping: the four paths that work on wrapping tokens. Wrapping itself is the pipeline's work.
extension SystemEngine {
    var wrappingRoutes: [Route] {
        [
            Route("wrapping/wrap", "Answers with what it is sent, for a wrapped answer.").on(.update, serve: wrap),
            Route("wrapping/unwrap", "The answer behind a wrapping token, once.").on(.update, serve: unwrap),
            Route("wrapping/lookup", "Describes a wrapping token without using it.").unauthenticated()
                .taking(["token"])
                .on(.read, .update, serve: lookupWrapping),
            Route("wrapping/rewrap", "Moves a wrapped answer to a new wrapping token.").taking(["token"])
                .on(.update, serve: rewrap),
        ]
    }

    @Sendable private func wrap(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        guard request.wrapTTL != nil else { throw .invalid("endpoint requires response wrapping to be used") }
        return EngineResponse(.rendered(request.input.body.isEmpty ? Array("{}".utf8) : request.input.body))
    }

    @Sendable private func unwrap(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let tokens = try running().tokens
        let wrapped = try wrapped(request, tokens, transaction)
        // The read of the token is an expectation of the commit that removes it, so one of many requests gets here.
        try tokens.revokeTree(wrapped.key, transaction)
        return EngineResponse(.raw(contentType: "application/json", wrapped.body))
    }

    @Sendable private func lookupWrapping(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let entry = try wrapped(request, try running().tokens, transaction).entry
        return .data([
            "creation_ttl": .integer(entry.creationTTL), "creation_time": .string(entry.creationTime.description),
            "creation_path": .string(entry.path),
        ])
    }

    @Sendable private func rewrap(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let tokens = try running().tokens
        let old = try wrapped(request, tokens, transaction)
        try tokens.revokeTree(old.key, transaction)
        return EngineResponse(
            wrapInfo: try tokens.wrap(
                old.body, path: old.entry.path, seconds: old.entry.creationTTL, transaction, now: request.now,
                random: request.random))
    }

    /// What is behind the token that the request names, or is made with.
    private func wrapped(
        _ request: EngineRequest, _ tokens: TokenStore, _ transaction: Transaction
    ) throws(EngineError) -> TokenStore.Wrapped {
        let named = Array((try request.input.string("token") ?? "").utf8)
        let token = named.isEmpty ? request.caller.token : named
        guard !token.isEmpty,
            let wrapped = try tokens.wrapped(by: token, for: request.caller, transaction, now: request.now)
        else { throw .noSuchWrappingToken }
        return wrapped
    }
}
