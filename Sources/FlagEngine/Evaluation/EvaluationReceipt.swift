import EngineKit
package import Notation

/// A record of one evaluation from which it can be repeated: base 64 (URL alphabet, no padding) of canonical JSON.
///
/// It holds the context's digest, not the context. Whoever hands receipts out signs them.
/// ```
/// {"assigned":false,"bucket":4217,"context":"<BLAKE2b-256, hexadecimal>","definition_version":3,"environment":"prod",
///  "error":null,"flag":"checkout","reason":"SPLIT","revision":981,"segments":{"beta":2},"state_version":7,
///  "time":"2026-01-02T03:04:05Z","variation":"on"}
/// ```
package struct EvaluationReceipt: Sendable {
    /// The longest receipt that is read, in bytes.
    package static let greatestLength = 65_536

    /// The environment's name.
    package let environment: String
    /// The revision of the flag set.
    package let revision: UInt64
    /// The flag's key.
    package let flag: String
    /// The version of its definition.
    package let definitionVersion: Int
    /// The version of its state; 0 without one.
    package let stateVersion: Int
    /// The versions of the segments its rules ask for, by name in order.
    package let segmentVersions: [(name: String, version: Int)]
    /// The time that was given.
    package let time: Timestamp
    /// The digest of the context in hexadecimal.
    package let contextDigest: String
    /// The variation; `nil` when the caller's own default was used.
    package let variation: String?
    /// Why.
    package let reason: EvaluationReason
    /// Why there was no value.
    package let errorCode: EvaluationErrorCode?
    /// The bucket of a split.
    package let bucket: Int?
    /// Whether a stored assignment was given.
    package let isAssigned: Bool

    /// Records an evaluation.
    ///
    /// - Parameters:
    ///   - evaluation: What came of it.
    ///   - set: The flag set it was made with.
    ///   - context: The context it was made for.
    ///   - now: The time it was given.
    /// - Returns: `nil` for a key that no flag has.
    package init?(_ evaluation: Evaluation, in set: FlagSet, context: EvaluationContext, now: Timestamp) {
        guard let source = evaluation.flag?.source else { return nil }
        environment = set.environment
        revision = set.revision
        flag = source.key
        definitionVersion = source.definitionVersion
        stateVersion = source.stateVersion
        segmentVersions = (evaluation.flag?.segments ?? []).map { ($0.source.name, $0.source.version) }
        time = now
        contextDigest = context.digest.hexadecimal
        variation = evaluation.variation
        reason = evaluation.reason
        errorCode = evaluation.errorCode
        bucket = evaluation.bucket
        isAssigned = evaluation.dependence.contains(.storedAssignment)
    }

    /// The receipt as text.
    package var text: String { Base64.encode(CanonicalJSON.bytes(of: json), alphabet: .urlSafe, padded: false) }

    /// The receipt as an object.
    package var json: JSON {
        [
            "assigned": .bool(isAssigned), "bucket": bucket.map { .integer($0) } ?? .null,
            "context": .string(contextDigest), "definition_version": .integer(definitionVersion),
            "environment": .string(environment), "error": errorCode.map { .string($0.rawValue) } ?? .null,
            "flag": .string(flag), "reason": .string(reason.rawValue), "revision": .integer(revision),
            "segments": .object(
                JSONObject(segmentVersions.map { .init(name: $0.name, value: .integer($0.version)) })),
            "state_version": .integer(stateVersion), "time": .string(time.description),
            "variation": variation.map { .string($0) } ?? .null,
        ]
    }
}
