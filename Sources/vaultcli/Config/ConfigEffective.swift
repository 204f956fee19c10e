internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config effective`: what a service gets of all layers.
struct ConfigEffective: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "effective",
        abstract: "Show what a service gets of all layers together.",
        discussion: """
            -explain shows from which layer each value is, and who wrote it. Sensitive values and secrets are in it \
            only for tokens that may reveal or read them. The formats env, properties, yaml, toml, k8s-configmap and \
            k8s-secret are made by the server and hold the values alone; values that the token may not see are left \
            out there and named in a comment.

              $ vaultcli config effective checkout -env=prod -explain
              $ vaultcli config effective checkout -env=prod -instance=i-1 -format=env
              $ vaultcli config effective checkout -env=prod -as-of=2027-01-31T12:00:00Z
            """)

    static let allowsRaw = true

    @Flag(name: .flag("explain"), help: "Show where each value is from.") private var explain = false
    @Option(name: .flag("as-of"), parsing: .unconditional, help: "As of then: \(FlagInstant.forms), or ago as in -2h.")
    private var asOf: String?
    @Option(name: .flag("snapshot"), help: "As of the snapshot of this name.") private var snapshot: String?
    @OptionGroup private var place: ConfigServicePlace
    @Argument(help: "Service. [PULSEVAULT_SERVICE]") private var service: String?
    @OptionGroup(title: "Output options") private var form: ConfigOutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    var output: OutputOptions { form.output }

    func run(in session: Session) async throws(Failure) {
        let service = try place.service(service, session)
        let path = try place.mount.path("effective", service)
        var request = VaultRequest(.get, path, query: place.query(session))
        if explain { request.query.append(("explain", "true")) }
        if let asOf { request.query.append(("as_of", try FlagInstant.parse(asOf, flag: "as-of", now: .now()))) }
        if let snapshot { request.query.append(("snapshot", snapshot)) }
        if let format = form.serverFormat { request.query.append(("format", format)) }
        let response = try await session.send(request, or: "Error reading \(path)")
        if form.serverFormat != nil || session.settings.format == .raw {
            let text = String(decoding: response.body, as: UTF8.self)
            return session.print(text.utf8.last == 0x0A ? String(text.dropLast()) : text)
        }
        let explains = explain
        try session.show(response) { EffectiveTable.text($0, explains: explains) }
    }
}

/// How effective configuration is printed: as everything else, or in a form that the server makes.
struct ConfigOutputOptions: ParsableArguments {
    private static let serverFormats = ["env", "properties", "yaml", "toml", "k8s", "k8s-configmap", "k8s-secret"]

    @Option(
        name: .flag("format"),
        help: "table, json, raw, env, properties, yaml, toml, k8s-configmap or k8s-secret. [VAULT_FORMAT]",
        completion: .list(["table", "json", "raw"] + serverFormats))
    private var format: String?
    @Option(name: .flag("field"), help: "Print this field alone, without a line feed unless on a terminal.")
    private var field: String?

    /// The form that the server is asked for; `nil` when this tool makes it.
    var serverFormat: String? {
        format.flatMap { format in Self.serverFormats.first { $0.bytesEqual(to: format.asciiLowercased()) } }
    }

    /// The options as other commands have them.
    var output: OutputOptions {
        var output = OutputOptions()
        output.format = serverFormat == nil ? format : OutputFormat.raw.rawValue
        output.field = field
        return output
    }
}

/// Effective configuration for people.
enum EffectiveTable {
    /// The table.
    ///
    /// - Parameters:
    ///   - answer: the server's answer.
    ///   - explains: whether each value's layer, version and author were asked for.
    /// - Returns: a line about the whole, and a row for each key; with remarks when the answer has any.
    static func text(_ answer: JSON, explains: Bool) -> String {
        let values = answer["values"]?.objectValue?.members ?? []
        let fixed = Set((answer["static"]?.arrayValue ?? []).compactMap(\.stringValue).map { Array($0.utf8) })
        let sources = answer["sources"]
        let facts = explains ? ["layer", "version", "updated_by", "updated_time"] : []
        let rows = values.map { member -> [String] in
            let reload = fixed.contains(Array(member.name.utf8)) ? "static" : "dynamic"
            let source = sources?[member.name]
            return [member.name, value(member.value), reload] + facts.map { CellText.field(source?[$0] ?? "") }
                + (sources == nil ? [] : [remarks(source)])
        }
        let head = "Revision \(CellText.field(answer["revision"] ?? "")), hash \(CellText.field(answer["hash"] ?? ""))"
        let heading =
            ["Key", "Value", "Reload"] + (explains ? ["Layer", "Version", "By", "Time"] : [])
            + (sources == nil ? [] : ["Remarks"])
        return CellText.printable(head) + "\n\n" + Table.columns([heading] + rows)
    }

    /// A value in a cell.
    ///
    /// - Parameter value: the value.
    /// - Returns: compact JSON; a word in the place of what is kept back.
    static func value(_ value: JSON) -> String {
        isRedacted(value) ? "(redacted)" : String(decoding: value.serialized(), as: UTF8.self)
    }

    /// Whether a value, or a part of it, is kept back.
    ///
    /// It calls itself once per level of nesting, which the parser that made the value has limited.
    ///
    /// - Parameter value: the value.
    /// - Returns: whether `{"$redacted": true}` is in it.
    static func isRedacted(_ value: JSON) -> Bool {
        switch value {
        case .object(let object):
            object["$redacted"]?.boolValue == true || object.members.contains { isRedacted($0.value) }
        case .array(let elements): elements.contains(where: isRedacted)
        default: false
        }
    }

    private static func remarks(_ source: JSON?) -> String {
        var remarks: [String] = []
        if source?["sensitive"]?.boolValue == true { remarks.append("sensitive") }
        for case (let title, let text?) in [
            ("rollout", source?["rollout"]?.stringValue), ("deprecated:", source?["deprecated"]?.stringValue),
            ("error:", source?["error"]?.stringValue),
        ] { remarks.append("\(title) \(text)") }
        if let parts = source?["parts"]?.objectValue?.members, !parts.isEmpty {
            remarks.append(
                "parts from " + parts.map { "\($0.value.stringValue ?? "") (\($0.name))" }.joined(separator: ", "))
        }
        return remarks.isEmpty ? "-" : remarks.joined(separator: "; ")
    }
}
