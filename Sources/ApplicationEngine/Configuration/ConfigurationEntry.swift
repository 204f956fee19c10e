import EngineKit
import Notation

/// A value of configuration as this door shows it.
enum ConfigurationEntry {
    /// The members of an answer.
    ///
    /// - Parameter data: the answer of the value's own path.
    static func object(_ place: ConfigurationPlace, _ data: JSONObject) -> JSONObject {
        let isDynamic = data["reload"]?.stringValue?.bytesEqual(to: "dynamic") ?? true
        var entry: JSONObject = ["key": .string(place.key), "value": data["value"] ?? .null]
        entry["description"] = data["description"] ?? ""
        entry["environment"] = .string(place.environment)
        entry["isSensitive"] = data["sensitive"] ?? false
        entry["valueType"] = .string(ValueType.word(data["type"]?.stringValue ?? "any"))
        entry["isDynamic"] = .bool(isDynamic)
        entry["version"] = data["version"] ?? .null
        return entry.joined(with: Authorship.members(data))
    }

    /// What is told of a change to somebody who may not read what came of it.
    static func receipt(_ place: ConfigurationPlace, _ data: JSONObject) -> JSONObject {
        guard let version = data["version"] else { return place.members }
        return place.members.joined(with: ["version": version]).joined(with: Authorship.members(data))
    }
}
