internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `audit`: where requests are recorded.
struct AuditGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Say where requests are recorded, and check the records.",
        discussion: """
            While a device is enabled, a request that cannot be recorded is not served.
            """,
        subcommands: [AuditEnable.self, AuditDisable.self, AuditList.self, AuditVerify.self])
}

/// `audit enable`: a device.
struct AuditEnable: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Enable an audit device.",
        discussion: """
              $ vaultcli audit enable file file_path=/var/log/vault/audit.log
            """)

    @Option(name: .flag("path"), help: "Name of the device; by default its type.") private var path: String?
    @Option(name: .flag("description"), help: "What it is for.") private var description = ""
    @Flag(name: .flag("local"), help: "Only for this node's cluster.") private var local = false
    @Argument(help: "Type: file, syslog or socket.") private var type: String
    @Argument(help: "Options of the type, as key=value.") private var data: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let options = try KeyValueInput.parse(data, session.surroundings.console)
        let name = VaultPath.trimmed(path ?? type)
        let body: JSON = [
            "type": .string(type), "description": .string(description), "options": .object(options),
            "local": .bool(local),
        ]
        _ = try await session.send(
            VaultRequest(.put, "sys/audit/\(name)", json: body), or: "Error enabling audit device")
        session.confirm("Success! Enabled the \(type) audit device at: \(name)/")
    }
}

/// `audit disable`: a device, no more.
struct AuditDisable: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Disable an audit device.",
        discussion: """
            What it has recorded stays where it is.

              $ vaultcli audit disable file
            """)

    @Argument(help: "Name of the device.") private var path: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let name = VaultPath.trimmed(path)
        _ = try await session.send(VaultRequest(.delete, "sys/audit/\(name)"), or: "Error disabling audit device")
        session.confirm("Success! Disabled audit device (if it was enabled) at: \(name)/")
    }
}

/// `audit list`: the devices.
struct AuditList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List audit devices.",
        discussion: """
            The exit status is 2 when there is none.

              $ vaultcli audit list -detailed
            """)

    @Flag(name: .flag("detailed"), help: "Show options too.") private var detailed = false
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let response = try await session.send(VaultRequest(.get, "sys/audit"), or: "Error listing audits")
        let devices = try session.secret(response).data
        let members = devices.objectValue?.members ?? []
        if members.isEmpty, session.settings.format == .table {
            session.print("No audit devices are enabled.")
            throw .server("")
        }
        try session.show(devices) { Self.table(members, detailed: detailed) }
    }

    private static func table(_ devices: [JSONObject.Member], detailed: Bool) -> String {
        let sorted = devices.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let heading = ["Path", "Type", "Description"] + (detailed ? ["Replication", "Options"] : [])
        return Table.columns(
            [heading]
                + sorted.map { device in
                    let value = device.value
                    var row = [device.name] + ["type", "description"].map { CellText.cell(value[$0] ?? "") }
                    if detailed {
                        row.append(value["local"]?.boolValue == true ? "local" : "replicated")
                        row.append(options(value["options"]))
                    }
                    return row
                })
    }

    private static func options(_ value: JSON?) -> String {
        (value?.objectValue?.members ?? []).map { "\($0.name)=\(CellText.field($0.value))" }.joined(separator: " ")
    }
}
