import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// GET `config`: the settings, with their defaults before they are written.
    static func readConfiguration(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let settings = try MountSettings(of: request.mount.realm, transaction)
        return .data([
            "cas_required": .bool(settings.requiresCheckAndSet),
            "delete_version_after": .string(DeleteVersionAfter.text(settings.deleteVersionAfter)),
            "max_versions": .integer(settings.maxVersions),
            "metadata_cas_required": .bool(settings.requiresMetadataCheckAndSet),
        ])
    }

    /// POST `config`: sets what is named; the rest stays.
    static func writeConfiguration(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let input = request.input
        var settings = try MountSettings(of: request.mount.realm, transaction)
        let before = settings
        if let count = try VersionCount.read(input) { settings.maxVersions = count }
        if let isRequired = try input.bool("cas_required") { settings.requiresCheckAndSet = isRequired }
        if let isRequired = try input.bool("metadata_cas_required") {
            settings.requiresMetadataCheckAndSet = isRequired
        }
        if let seconds = try DeleteVersionAfter.read(input, allowingNegative: true) {
            settings.deleteVersionAfter = seconds < 0 ? MountSettings.disabled : seconds
        }
        if settings != before { settings.put(request.mount.realm, transaction) }
        return .noContent
    }
}

/// The field `max_versions`.
enum VersionCount {
    /// The number of versions to keep; `nil` when the field is absent.
    static func read(_ input: Input) throws(EngineError) -> Int? {
        guard let count = try input.int("max_versions") else { return nil }
        guard (0...SecretLimits.versionCount).contains(count) else {
            throw .field("max_versions", "an integer from 0 to \(SecretLimits.versionCount)")
        }
        return count
    }
}

/// The field `delete_version_after`.
enum DeleteVersionAfter {
    /// The seconds; `nil` when the field is absent.
    static func read(_ input: Input, allowingNegative: Bool = false) throws(EngineError) -> Int? {
        guard let seconds = try input.seconds("delete_version_after", allowingNegative: allowingNegative) else {
            return nil
        }
        guard seconds <= SecretLimits.deleteVersionAfter else {
            throw .field("delete_version_after", "a duration of at most \(SecretLimits.deleteVersionAfter) seconds")
        }
        return seconds
    }

    /// The seconds as Go prints a duration.
    static func text(_ seconds: Int) -> String { (GoDuration(seconds: seconds) ?? .zero).description }
}
