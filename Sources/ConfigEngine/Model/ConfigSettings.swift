import EngineKit
import Notation

/// What a mount asks of its keys: how they are named, what must be said about them, whether they must be declared.
struct ConfigSettings: Sendable {
    /// The fields that can be required.
    static let fieldNames = ["description", "owner", "tags", "docs", "schema"]

    /// The pattern that keys must match as a whole; `nil` for any key.
    var namingPattern: String?
    /// The fields that definitions must fill.
    var requiredFields: [String] = []
    /// Whether keys may have values without being declared.
    var allowsUndeclared = false

    /// The settings of a mount.
    static func current(_ scope: ConfigScope) throws(EngineError) -> ConfigSettings {
        guard let bytes = try scope.transaction.get(key(scope)) else { return ConfigSettings() }
        guard let json = try? JSON(parsing: bytes, limits: .stored) else {
            throw .internalError("the settings of a mount of configuration cannot be read")
        }
        var settings = ConfigSettings()
        settings.namingPattern = json["naming_pattern"]?.stringValue
        settings.requiredFields = (json["required_fields"]?.arrayValue ?? []).compactMap(\.stringValue)
        settings.allowsUndeclared = json["allow_undeclared"]?.boolValue ?? false
        return settings
    }

    /// Writes the settings.
    func put(_ scope: ConfigScope) { scope.transaction.put(Self.key(scope), JSON.object(json).serialized()) }

    /// The document.
    var json: JSONObject {
        [
            "naming_pattern": namingPattern.map { .string($0) } ?? .null,
            "required_fields": .strings(requiredFields), "allow_undeclared": .bool(allowsUndeclared),
        ]
    }

    /// Refuses a definition that is not what the mount asks for.
    ///
    /// - Parameter isNew: whether the key is declared with it; older ones keep their names.
    func check(_ key: String, _ definition: KeyDefinition, isNew: Bool) throws(EngineError) {
        if isNew, let namingPattern, let pattern = try? RegularExpression(whole: namingPattern),
            !pattern.matches(Array(key.utf8).span)
        {
            throw .invalid("key: does not match the mount's naming_pattern")
        }
        for field in requiredFields {
            let isFilled =
                switch field {
                case "description": !definition.text.utf8.isEmpty
                case "owner": !definition.owner.utf8.isEmpty
                case "tags": !definition.tags.isEmpty
                case "docs": !definition.docs.utf8.isEmpty
                default: definition.schema != nil
                }
            guard isFilled else { throw .invalid("\(field): is required by the mount's required_fields") }
        }
    }

    private static func key(_ scope: ConfigScope) -> StoreKey {
        StoreKey(scope.realm, ConfigRecords.settings, [])
    }
}
