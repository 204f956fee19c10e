import EngineKit
import Notation

/// That someone was given a variation.
struct Exposure: Sendable {
    /// Who: the targeting key.
    let targetingKey: String
    /// The variation's name.
    let variation: String
    /// When.
    let time: Timestamp
    /// The version of the flag's state that decided.
    let version: Int
    /// Whether it was only found out and something else was served, because the flag is dark.
    let isDark: Bool

    /// Describes an exposure.
    init(targetingKey: String, variation: String, time: Timestamp, version: Int, isDark: Bool = false) {
        self.targetingKey = targetingKey
        self.variation = variation
        self.time = time
        self.version = version
        self.isDark = isDark
    }

    /// The record's JSON: `k` key, `v` variation, `t` time, `s` version of the state, `d` dark.
    var encoded: [UInt8] {
        var object: JSONObject = [
            "k": .string(targetingKey), "v": .string(variation), "t": .string(time.description),
            "s": .integer(version),
        ]
        if isDark { object["d"] = true }
        return JSON.object(object).serialized()
    }

    /// Reads a record back.
    init(decoding bytes: [UInt8]) throws(EngineError) {
        guard let json = try? JSON(parsing: bytes, limits: .stored), let key = json["k"]?.stringValue,
            let variation = json["v"]?.stringValue,
            let time = json["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
        else { throw .internalError("an exposure cannot be read") }
        self.init(
            targetingKey: key, variation: variation, time: time, version: json["s"]?.intValue ?? 0,
            isDark: json["d"]?.boolValue ?? false)
    }

    /// The exposure as answers show it.
    ///
    /// - Parameter number: its number in its series.
    func data(number: UInt64) -> JSONObject {
        var data: JSONObject = [
            "number": .integer(number), "targeting_key": .string(targetingKey), "variation": .string(variation),
            "time": .string(time.description), "version": .integer(version),
        ]
        if isDark { data["dark"] = true }
        return data
    }
}

/// What a targeting key was given last.
struct Assignment: Sendable {
    /// The variation's name.
    let variation: String
    /// Since when.
    let time: Timestamp
    /// The number of the exposure that says so.
    let number: UInt64
    /// How many times the variation was another one than before, the first time counted.
    let changes: Int

    /// Describes an assignment.
    init(variation: String, time: Timestamp, number: UInt64, changes: Int) {
        self.variation = variation
        self.time = time
        self.number = number
        self.changes = changes
    }

    /// The record's JSON: `v` variation, `t` time, `n` number, `c` changes.
    var encoded: [UInt8] {
        JSON.object([
            "v": .string(variation), "t": .string(time.description), "n": .integer(number), "c": .integer(changes),
        ]).serialized()
    }

    /// Reads a record back.
    init(decoding bytes: [UInt8]) throws(EngineError) {
        guard let json = try? JSON(parsing: bytes, limits: .stored), let variation = json["v"]?.stringValue,
            let time = json["t"]?.stringValue.flatMap({ Timestamp(parsing: $0) }), let number = json["n"]?.intValue
        else { throw .internalError("an assignment cannot be read") }
        self.init(
            variation: variation, time: time, number: UInt64(clamping: number), changes: json["c"]?.intValue ?? 1)
    }
}
