import EngineKit
import Notation

extension ConfigurationEngine {
    /// GET `config`.
    static func readSettings(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        .data(try ConfigSettings.current(ConfigScope(request, transaction)).json)
    }

    /// POST `config {naming_pattern?, required_fields?, allow_undeclared?}`: what is not given stays.
    static func writeSettings(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        var settings = try ConfigSettings.current(scope)
        switch request.input.members["naming_pattern"] {
        case nil, .null?, .string?: break
        // Its text would be a pattern that nobody meant.
        default: throw .field("naming_pattern", "a string")
        }
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
            for field in fields where !ConfigSettings.fieldNames.contains(where: { $0.bytesEqual(to: field) }) {
                throw .invalid("required_fields: must be among \(ConfigSettings.fieldNames.joined(separator: ", "))")
            }
            settings.requiredFields = fields
        }
        if let allows = try request.input.bool("allow_undeclared") { settings.allowsUndeclared = allows }
        settings.put(scope)
        return .data(settings.json)
    }
}
