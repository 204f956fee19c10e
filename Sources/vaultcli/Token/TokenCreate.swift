internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `token create`: a new token.
struct TokenCreate: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token.",
        discussion: """
            The token is a child of yours and is revoked with it, unless -orphan is given. It has your policies \
            unless some are named.

              $ vaultcli token create -policy=app -ttl=1h -display-name=deploy
              $ vaultcli token create -role=ci -field=token
            """)

    @Option(name: .flag("id"), help: "The token itself, chosen; needs sudo.") private var id: String?
    @Option(name: .flag("display-name"), help: "Name that is shown for the token.") private var displayName = ""
    @Option(name: .flag("ttl"), help: "How long it lives.") private var ttl: GoDuration?
    @Option(name: .flag("explicit-max-ttl"), help: "How long it lives at most, renewals included.")
    private var explicitMaxTTL: GoDuration?
    @Option(name: .flag("period"), help: "It lives forever when renewed at least so often; needs sudo.")
    private var period: GoDuration?
    @Option(name: .flag("renewable"), help: "Whether it can be renewed (true or false).") private var renewable = true
    @Flag(name: .flag("orphan"), help: "Do not revoke it with your token; needs sudo.") private var orphan = false
    @Flag(name: .flag("no-default-policy"), help: "Leave the policy `default` away.") private var noDefaultPolicy =
        false
    @Option(name: .flag("use-limit"), help: "How often it can be used; 0 is without limit.") private var useLimit = 0
    @Option(name: .flag("role"), help: "Role that decides about the token.") private var role: String?
    @Option(name: .flag("type"), help: "service or batch.") private var type = "service"
    @Option(name: .flag("entity-alias"), help: "Name of the entity it belongs to; needs a role.")
    private var entityAlias: String?
    @Option(name: .flag("metadata"), help: "Note in the audit log, as name=value; may be repeated.")
    private var metadata: [String] = []
    @Option(name: .flag("policy"), help: "Policy; may be repeated.") private var policy: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let path = role.map { "auth/token/create/" + VaultPath.trimmed($0) } ?? "auth/token/create"
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(try body())), or: "Error creating token")
        try session.show(try session.secret(response))
    }

    private func body() throws(Failure) -> JSONObject {
        var body: JSONObject = [
            "policies": .strings(policy),
            "ttl": .string((ttl ?? GoDuration(seconds: 0)).text),
            "explicit_max_ttl": .string((explicitMaxTTL ?? GoDuration(seconds: 0)).text),
            "period": .string((period ?? GoDuration(seconds: 0)).text),
            "display_name": .string(displayName),
            "num_uses": .integer(useLimit),
            "renewable": .bool(renewable),
            "type": .string(type),
        ]
        if let id { body["id"] = .string(id) }
        if orphan { body["no_parent"] = true }
        if noDefaultPolicy { body["no_default_policy"] = true }
        if let entityAlias { body["entity_alias"] = .string(entityAlias) }
        let notes = try KeyValueInput.object(metadata, flag: "metadata")
        if !notes.members.isEmpty { body["meta"] = .object(notes) }
        return body
    }
}
