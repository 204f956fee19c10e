import EngineKit
import Notation

/// What a mount asks of its flags: how they are named and what must be said about them.
struct FlagSettings: Sendable {
    /// The fields that can be required.
    static let fieldNames = ["description", "owner", "tags", "docs", "expires"]

    /// The pattern that keys must match as a whole; `nil` for any key.
    var namingPattern: String?
    /// The fields that new definitions must fill.
    var requiredFields: [String] = []

    /// The settings of a mount.
    static func current(_ scope: FlagScope) throws(EngineError) -> FlagSettings {
        guard let bytes = try scope.transaction.get(Self.key(scope)) else { return FlagSettings() }
        guard let json = try? JSON(parsing: bytes, limits: .stored) else {
            throw .internalError("the settings of a mount of flags cannot be read")
        }
        var settings = FlagSettings()
        settings.namingPattern = json["naming_pattern"]?.stringValue
        settings.requiredFields = (json["required_fields"]?.arrayValue ?? []).compactMap(\.stringValue)
        return settings
    }

    /// Writes the settings.
    func put(_ scope: FlagScope) { scope.transaction.put(Self.key(scope), JSON.object(json).serialized()) }

    /// The document.
    var json: JSONObject {
        [
            "naming_pattern": namingPattern.map { .string($0) } ?? .null,
            "required_fields": .strings(requiredFields),
        ]
    }

    /// Refuses a definition that is not what the mount asks for.
    func check(_ key: [UInt8], _ definition: FlagDefinition) throws(EngineError) {
        if let namingPattern, let pattern = try? RegularExpression(whole: namingPattern), !pattern.matches(key.span) {
            throw .invalid("flag: the key does not match the mount's naming_pattern")
        }
        for field in requiredFields {
            let isFilled =
                switch field {
                case "description": !definition.description.utf8.isEmpty
                case "owner": !definition.owner.utf8.isEmpty
                case "tags": !definition.tags.isEmpty
                case "docs": !definition.docs.utf8.isEmpty
                default: definition.expires != nil
                }
            guard isFilled else { throw .invalid("\(field): is required by the mount's required_fields") }
        }
    }

    private static func key(_ scope: FlagScope) -> StoreKey {
        StoreKey(scope.request.mount.realm, FlagRecords.settings, [])
    }
}

extension FeatureFlagEngine {
    /// GET `config`.
    static func readSettings(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        .data(try FlagSettings.current(FlagScope(request, transaction)).json)
    }

    /// POST `config {naming_pattern?, required_fields?}`: what is not given stays.
    static func writeSettings(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = FlagScope(request, transaction)
        var settings = try FlagSettings.current(scope)
        if let pattern = try request.input.string("naming_pattern") {
            settings.namingPattern = pattern.utf8.isEmpty ? nil : pattern
            if !pattern.utf8.isEmpty {
                do throws(RegularExpressionError) {
                    _ = try RegularExpression(whole: pattern)
                } catch {
                    throw .invalid("naming_pattern: \(error)")
                }
            }
        }
        if let fields = try request.input.list("required_fields") {
            for field in fields where !FlagSettings.fieldNames.contains(where: { $0.utf8.elementsEqual(field.utf8) }) {
                throw .invalid("required_fields: must be among \(FlagSettings.fieldNames.joined(separator: ", "))")
            }
            settings.requiredFields = fields
        }
        settings.put(scope)
        return .data(settings.json)
    }
}
