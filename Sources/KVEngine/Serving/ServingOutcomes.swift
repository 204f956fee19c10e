import EngineKit
import Notation

/// What the readers of a secret have told of its versions: how often they worked, and how often not.
///
/// One record beside the metadata, there only while it is said which versions are served.
struct ServingOutcomes: Sendable {
    /// The most outcomes of one kind that one report may tell of, and that are counted.
    static let limit = 1_000_000_000

    /// How often a version worked.
    struct Count: Sendable, Equatable {
        var successes = 0
        var errors = 0

        /// Adds what a report tells.
        mutating func add(_ other: Count) {
            successes = min(successes + other.successes, ServingOutcomes.limit)
            errors = min(errors + other.errors, ServingOutcomes.limit)
        }

        /// The share of errors, as if there had been twenty outcomes at least: of fewer it says little.
        var errorShare: Double { Double(errors) / Double(max(successes + errors, 20)) }

        var json: JSON { ["successes": .integer(successes), "errors": .integer(errors)] }

        init(successes: Int = 0, errors: Int = 0) {
            self.successes = successes
            self.errors = errors
        }

        init(_ json: JSON?) {
            successes = json?["successes"]?.intValue ?? 0
            errors = json?["errors"]?.intValue ?? 0
        }
    }

    /// What was told of the stable version since the candidate is tried.
    var stable = Count()
    /// What was told of the candidate.
    var candidate = Count()
    /// The candidate that was taken back last because of what was told, with the counts that decided.
    var dropped: JSON = .null

    /// The evidence against the candidate.
    ///
    /// An outage that the stable version has too is not held against it: where more than the allowed share of the
    /// stable version's outcomes are errors, theirs is what is allowed.
    func evidence(_ serving: Serving) -> Double {
        let allowed = Double(serving.allowedErrorShare) / Double(Percentage.whole)
        return ErrorEvidence.value(
            errors: candidate.errors, successes: candidate.successes,
            allowed: min(max(allowed, stable.errorShare), 0.99))
    }

    /// What answers tell.
    func json(_ serving: Serving) -> JSONObject {
        var outcomes: JSONObject = [String(serving.stable): stable.json]
        var answer = serving.json
        if serving.hasCandidate {
            outcomes[String(serving.candidate)] = candidate.json
            answer["evidence"] = Self.json(evidence(serving))
        }
        answer["outcomes"] = .object(outcomes)
        answer["dropped"] = dropped
        return answer
    }

    /// Evidence with as many digits as are worth reading; what is huge is told as 1,000,000.
    static func json(_ evidence: Double) -> JSON {
        .number("\((min(evidence, 1_000_000) * 100).rounded() / 100)")
    }
}

extension SecretAddress {
    private var outcomesKey: StoreKey { StoreKey(realm, KeyValueRecords.outcomes, path) }

    /// What was told of the versions that are served.
    func outcomes(_ transaction: Transaction) throws(EngineError) -> ServingOutcomes {
        guard let bytes = try transaction.get(outcomesKey) else { return ServingOutcomes() }
        guard let json = try? JSON(parsing: bytes, limits: .stored) else {
            throw .internalError("what was told of a secret's versions could not be read")
        }
        return ServingOutcomes(
            stable: .init(json["stable"]), candidate: .init(json["candidate"]), dropped: json["dropped"] ?? .null)
    }

    /// Says which versions are served; the caller stores the metadata. Counting begins anew with another version.
    func serve(
        _ serving: Serving, _ metadata: inout SecretMetadata, _ transaction: Transaction
    ) throws(EngineError) -> ServingOutcomes {
        var outcomes = try outcomes(transaction)
        if serving.hasCandidate, outcomes.dropped["version"]?.intValue == serving.candidate {
            outcomes.dropped = .null
        }
        let before = metadata.serving
        if serving.stable != before?.stable || serving.candidate != before?.candidate {
            outcomes = ServingOutcomes(dropped: outcomes.dropped)
        }
        metadata.serving = serving
        put(outcomes, transaction)
        return outcomes
    }

    /// Says that everyone gets the current version; the caller stores the metadata.
    func endServing(_ metadata: inout SecretMetadata, _ transaction: Transaction) {
        metadata.serving = nil
        removeOutcomes(transaction)
    }

    /// Forgets what was told.
    func removeOutcomes(_ transaction: Transaction) { transaction.delete(outcomesKey) }

    /// Stores what was told when the transaction commits.
    func put(_ outcomes: ServingOutcomes, _ transaction: Transaction) {
        let json: JSON = [
            "stable": outcomes.stable.json, "candidate": outcomes.candidate.json, "dropped": outcomes.dropped,
        ]
        transaction.put(outcomesKey, json.serialized())
    }
}
