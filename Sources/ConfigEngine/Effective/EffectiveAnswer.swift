import EngineKit
import Notation

/// The text of effective configuration as answers carry it.
enum EffectiveAnswer {
    /// The `data` of an answer.
    ///
    /// - Parameters:
    ///   - place: who it is for.
    ///   - revision: the newest revision that changed it.
    ///   - hash: the digest that an instance reports when it has applied it.
    ///   - staticHash: the digest of the static keys.
    ///   - members: the keys with their values.
    ///   - fixed: the keys that ask for a restart.
    ///   - sources: where values are from; `nil` when nobody asked and nothing is kept back.
    static func text(
        _ place: Place, revision: UInt64, hash: String, staticHash: String,
        _ members: [[UInt8]], _ fixed: [String], sources: [UInt8]? = nil
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(members.reduce(512) { $0 + $1.count + 1 })
        text.append(literal: #"{"service":"#)
        text.appendJSONString(place.service)
        text.append(literal: #","env":"#)
        text.appendJSONString(place.environment)
        text.append(literal: #","instance":"#)
        text.appendJSONString(place.instance)
        text.append(literal: #","revision":"#)
        text.append(contentsOf: String(revision).utf8)
        text.append(literal: #","hash":"#)
        text.appendJSONString(hash)
        text.append(literal: #","static_hash":"#)
        text.appendJSONString(staticHash)
        text.append(literal: #","values":{"#)
        for (index, member) in members.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: member)
        }
        text.append(literal: #"},"static":"#)
        text.append(contentsOf: JSON.strings(fixed).serialized())
        if let sources {
            text.append(literal: #","sources":"#)
            text.append(contentsOf: sources)
        }
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// Where a value is from: the layer that had the last word, its version, who wrote it and when.
    ///
    /// - Parameter outcome: what came of it for whoever asks; `nil` when it is the same for all.
    static func source(_ leaf: EffectiveDocument.Leaf, _ outcome: PersonalValue?) -> JSON {
        var source: JSONObject = ["layer": .string(leaf.winner?.layer.text ?? "default")]
        if let winner = leaf.winner {
            source["version"] = .integer(winner.entry.version)
            source["revision"] = .integer(winner.entry.revision)
            source["updated_by"] = .string(winner.entry.author)
            source["updated_time"] = .string(winner.entry.time.description)
            if let rollout = winner.rollout { source["rollout"] = .string(rollout) }
        }
        if !leaf.others.isEmpty {
            let parts = leaf.others.map { JSONObject.Member(name: $0.path, value: .string($0.layer)) }
            source["parts"] = .object(JSONObject(parts))
        }
        source["overrides"] = .strings(leaf.sources.dropLast().map(\.layer.text))
        source["type"] = .string(leaf.definition.isDeclared ? leaf.definition.type.rawValue : "any")
        source["reload"] = .string(leaf.definition.reload.rawValue)
        if leaf.definition.isSensitive { source["sensitive"] = true }
        if let deprecated = leaf.definition.deprecated { source["deprecated"] = .string(deprecated) }
        if let outcome {
            if outcome.isRedacted { source["redacted"] = true }
            if !outcome.secretVersions.isEmpty {
                source["secret_versions"] = .array(outcome.secretVersions.map { .integer($0) })
            }
            if let problem = outcome.problem { source["error"] = .string(problem) }
        }
        return .object(source)
    }
}

/// A value that depends on who asks, as one caller gets it.
struct PersonalValue {
    /// The value; `nil` when nothing is left of it.
    var value: JSON?
    /// Whether something of it is kept back.
    var isRedacted = false
    /// Where in the value something is kept back, as names of members within each other; empty where it is all of it.
    var keptBack: [[String]] = []
    /// Why something is kept back, in words that tell nothing of it.
    var problem: String?
    /// The versions of the secrets that it was put together from.
    var secretVersions: [Int] = []
    /// When these versions were made: numbers begin anew with a secret that was deleted as a whole.
    var secretTimes: [String] = []

    /// What stands in the place of what is kept back.
    static let redacted: JSON = ["$redacted": true]

    /// Adds what became of a reference that stands somewhere in the value.
    mutating func take(_ other: PersonalValue, at place: [String]) {
        secretVersions += other.secretVersions
        secretTimes += other.secretTimes
        guard other.isRedacted else { return }
        isRedacted = true
        keptBack.append(place)
        problem = other.problem
    }
}
