internal import ArgumentParser
internal import Notation
internal import VaultClient

/// The settings of a key that flags can change.
struct KVMetadataSettings: ParsableArguments {
    @Option(name: .flag("max-versions"), help: "Versions to keep; 0 is the mount's number.")
    private var maxVersions: Int?
    @Option(name: .flag("cas-required"), help: "Whether writes must name the current version (true or false).")
    private var casRequired: Bool?
    @Option(name: .flag("delete-version-after"), help: "Delete a version so long after its writing; 0 is never.")
    private var deleteVersionAfter: GoDuration?
    @Option(name: .flag("custom-metadata"), help: "Note about the key, as name=value; may be repeated.")
    private var customMetadata: [String] = []

    /// The settings given, as the API takes them.
    ///
    /// - Returns: only what was given.
    /// - Throws: ``Failure`` with status 1 for a note that is not name=value.
    func body() throws(Failure) -> JSONObject {
        var body = JSONObject()
        if let maxVersions, maxVersions >= 0 { body["max_versions"] = .integer(maxVersions) }
        if let casRequired { body["cas_required"] = .bool(casRequired) }
        if let deleteVersionAfter { body["delete_version_after"] = .string(deleteVersionAfter.text) }
        let notes = try KeyValueInput.object(customMetadata, flag: "custom-metadata")
        if !notes.members.isEmpty { body["custom_metadata"] = .object(notes) }
        return body
    }
}

/// `kv metadata put`: settings, and a key without data when it is new.
struct KVMetadataPut: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Set a key's settings.",
        discussion: """
            Creates a key without data when there is none. Custom metadata replaces what was there; settings not \
            named stay.

              $ vaultcli kv metadata put -max-versions=5 -custom-metadata=owner=ana secret/app/db
            """)

    @OptionGroup private var settings: KVMetadataSettings
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let body = try settings.body()
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "metadata")
        try await Write.send(
            VaultRequest(.put, location.path(of: "metadata"), json: .object(body)), in: session)
    }
}

/// `kv metadata patch`: some settings.
struct KVMetadataPatch: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "patch",
        abstract: "Change some of a key's settings.",
        discussion: """
            Custom metadata not named stays.

              $ vaultcli kv metadata patch -remove-custom-metadata=owner secret/app/db
            """)

    @OptionGroup private var settings: KVMetadataSettings
    @Option(name: .flag("remove-custom-metadata"), help: "Remove this note; may be repeated.")
    private var removeCustomMetadata: [String] = []
    @OptionGroup private var options: KVOptions
    @Argument(help: "Key.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var body = try settings.body()
        if !removeCustomMetadata.isEmpty {
            var notes = body["custom_metadata"]?.objectValue ?? JSONObject()
            for name in removeCustomMetadata { notes[name] = .null }
            body["custom_metadata"] = .object(notes)
        }
        let location = try await KVLocation.find(key, mount: options.mount, session)
        try location.requireVersions(for: "metadata")
        try await Write.send(
            VaultRequest(.patch, location.path(of: "metadata"), json: .object(body)), in: session)
    }
}
