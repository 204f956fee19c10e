import EngineKit
import Notation

/// A value that stands in a layer for as long as a lease; afterwards the layer says again what it said before.
struct ValueOverride: OverrideSubject {
    let layer: Layer
    let key: String
    /// The version of the value before; 0 when the layer said nothing.
    let before: Int
    /// The version that the override wrote.
    let written: Int

    init(layer: Layer, key: String, before: Int, written: Int) {
        self.layer = layer
        self.key = key
        self.before = before
        self.written = written
    }

    init?(stored json: JSON) {
        guard let layer = json["layer"]?.stringValue.flatMap({ Layer(path: $0) }),
            let key = json["key"]?.stringValue, let before = json["before"]?.intValue,
            let written = json["written"]?.intValue
        else { return nil }
        self.init(layer: layer, key: key, before: before, written: written)
    }

    var stored: JSONObject {
        [
            "layer": .string(layer.text), "key": .string(key), "before": .integer(before),
            "written": .integer(written),
        ]
    }

    var told: JSONObject {
        ["layer": .string(layer.text), "key": .string(key), "version": .integer(written)]
    }
}

extension ConfigScope {
    /// The mount's overrides.
    var overrides: Overrides<ValueOverride> { Overrides(ConfigRecords.overrides, request, transaction) }
}
