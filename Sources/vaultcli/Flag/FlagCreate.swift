internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag create`: a flag that was not there.
struct FlagCreate: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a flag.",
        discussion: """
            A boolean flag has the variations on and off unless others are named; every other type needs them. The \
            type never changes. A new flag has no state anywhere, so nobody gets anything of it yet.

              $ vaultcli flag create shop -owner=payments -tag=web -expires=2027-01-31
              $ vaultcli flag create theme -type=string -variation a=light -variation b=dark
              $ vaultcli flag create limits -type=object -variation 'small={"items":10}'
            """)

    @Option(
        name: .flag("type"), help: "boolean, string, integer, float or object.",
        completion: .list(["boolean", "string", "integer", "float", "object"]))
    private var type = "boolean"
    @Option(name: .flag("variation"), help: "Value under a name, as name=JSON; may be repeated.")
    private var variations: [String] = []
    @OptionGroup private var definition: FlagDefinitionOptions
    @Option(name: .flag("reason"), help: "Why; kept in the history.") private var reason: String?
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Key of the flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        var body: JSONObject = ["type": .string(type)]
        let values = try FlagVariations.parse(variations, type: type)
        if !values.members.isEmpty { body["variations"] = .object(values) }
        body.members += definition.body().members
        // Version 0 is none: creating never overwrites a flag that is there.
        body["options"] = ["cas": 0]
        if let reason { body["reason"] = .string(reason) }
        let request = VaultRequest(.post, try mount.path("definitions", key), json: .object(body))
        let response = try await session.send(request, or: "Error creating flag \(key)")
        try session.show(response) { _ in "Success! Created flag: \(key)" }
    }
}

/// `flag update`: some of what a flag is.
struct FlagUpdate: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change what a flag is.",
        discussion: """
            What is not named stays. A variation named is added or changed; one in use cannot be removed. Tags named \
            replace all tags.

              $ vaultcli flag update shop -owner=shop -expires=never
              $ vaultcli flag update theme -variation c=contrast -remove-variation=b
            """)

    @Option(name: .flag("variation"), help: "Value under a name, as name=JSON; may be repeated.")
    private var variations: [String] = []
    @Option(name: .flag("remove-variation"), help: "Remove the variation of this name; may be repeated.")
    private var removed: [String] = []
    @OptionGroup private var definition: FlagDefinitionOptions
    @OptionGroup private var change: FlagChangeOptions
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = try mount.path("definitions", key)
        var patch = definition.body()
        var values = JSONObject()
        if !variations.isEmpty {
            // Whether `dark` is a text or broken JSON depends on the flag's type.
            guard let present = try await session.reading(path) else { throw .server("No flag named \(key)") }
            values = try FlagVariations.parse(variations, type: present["type"]?.stringValue ?? "")
        }
        for name in removed { values[name] = .null }
        if !values.members.isEmpty { patch["variations"] = .object(values) }
        guard !patch.members.isEmpty else {
            throw .usage("There is nothing to change; see `vaultcli flag update -help`")
        }
        let request = VaultRequest(.patch, path, json: change.body(patch))
        let response = try await session.send(request, or: "Error updating flag \(key)")
        try session.show(response) { FlagStateText.done("Updated flag: \(key)", $0) }
    }
}
