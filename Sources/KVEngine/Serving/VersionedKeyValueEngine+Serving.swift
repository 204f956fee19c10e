import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// The routes of what is served.
    static let servingRoutes = [
        Route("serving/*path", "Which version readers get, and which one a share of the instances tries.")
            .on(.read, serve: readServing).on(.update, serve: writeServing).on(.delete, serve: endServing),
        Route("outcomes/*path", "How the versions that are served work for their readers.")
            .taking(["version", "successes", "errors"]).on(.update, serve: countOutcomes),
    ]

    /// GET `serving/…`: 404 when everyone gets the current version.
    static func readServing(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse
    {
        guard let secret = SecretAddress(request) else { return rootRefusal }
        guard let serving = try secret.storedMetadata(transaction)?.serving else { throw .notFound }
        return .data(try secret.outcomes(transaction).json(serving))
    }

    /// POST `serving/…`: what readers get from now on.
    static func writeServing(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        guard var metadata = try secret.metadata(transaction) else { throw .notFound }
        let serving = try Serving.changed(request, metadata)
        if try request.input.int("promote") ?? 0 > 0, serving.stable == metadata.currentVersion {
            secret.endServing(&metadata, transaction)
            secret.put(metadata, transaction)
            return .data(ServingOutcomes().json(serving))
        }
        let outcomes = try secret.serve(serving, &metadata, transaction)
        secret.put(metadata, transaction)
        return .data(outcomes.json(serving))
    }

    /// DELETE `serving/…`: everyone gets the current version again. With `version` only while that is the current one,
    /// so that nobody lets a version loose that was written in the meantime.
    static func endServing(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let secret = SecretAddress(request) else { return rootRefusal }
        guard var metadata = try secret.metadata(transaction) else { return .noContent }
        if let version = try request.input.int("version"), version != metadata.currentVersion {
            throw .invalid("version: the current version is \(metadata.currentVersion)")
        }
        guard metadata.serving != nil else { return .noContent }
        secret.endServing(&metadata, transaction)
        secret.put(metadata, transaction)
        return .noContent
    }

    /// POST `outcomes/…`: counts, and takes the candidate back when the counts speak against it, in the same commit.
    static func countOutcomes(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let secret = try SecretAddress.written(request)
        guard let version = try request.input.int("version"), version > 0 else {
            throw .field("version", "the number of a version")
        }
        let count = ServingOutcomes.Count(
            successes: try outcomeCount("successes", request.input), errors: try outcomeCount("errors", request.input))
        guard var metadata = try secret.metadata(transaction) else { throw .notFound }
        var outcomes = try secret.outcomes(transaction)
        guard var serving = metadata.serving, version == serving.stable || version == serving.candidate else {
            let told = metadata.serving.map { outcomes.json($0) } ?? ["candidate": .null]
            return EngineResponse(
                .data(told), warnings: ["version \(version) is not among those served; nothing was counted"])
        }
        if version == serving.stable { outcomes.stable.add(count) } else { outcomes.candidate.add(count) }
        let evidence = outcomes.evidence(serving)
        if serving.hasCandidate, evidence >= ErrorEvidence.enough {
            outcomes.dropped = [
                "version": .integer(serving.candidate), "time": .string(request.now.description),
                "successes": .integer(outcomes.candidate.successes), "errors": .integer(outcomes.candidate.errors),
                "evidence": ServingOutcomes.json(evidence),
            ]
            outcomes.candidate = .init()
            serving.dropCandidate(at: request.now)
            metadata.serving = serving
            secret.put(metadata, transaction)
        }
        secret.put(outcomes, transaction)
        return .data(outcomes.json(serving))
    }

    private static func outcomeCount(_ name: String, _ input: Input) throws(EngineError) -> Int {
        let count = try input.int(name) ?? 0
        guard (0...ServingOutcomes.limit).contains(count) else {
            throw .field(name, "an integer from 0 to \(ServingOutcomes.limit)")
        }
        return count
    }
}
