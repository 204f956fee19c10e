internal import ArgumentParser
internal import Notation

/// What a key is, as far as the command line says so.
struct ConfigKeyOptions: ParsableArguments {
    /// The type.
    @Option(
        name: .flag("type"),
        help: "string, integer, float, boolean, duration, bytes, list, object, secret or subtree.",
        completion: .list([
            "string", "integer", "float", "boolean", "duration", "bytes", "list", "object", "secret", "subtree",
        ]))
    var type: String?
    @Option(name: .flag("description"), help: "What the key is for.") private var description: String?
    @Option(name: .flag("owner"), help: "Who answers for it.") private var owner: String?
    @Option(name: .flag("tag"), help: "Word to find it by; may be repeated, and an empty one alone means none.")
    private var tags: [String] = []
    @Option(name: .flag("docs"), help: "Where more is written about it.") private var docs: String?
    @Option(
        name: .flag("sensitive"), help: "Whether values are shown only to those who may reveal them (true or false).")
    private var sensitive: Bool?
    @Option(
        name: .flag("reload"), help: "dynamic: services take up changes at once; static: when they are started anew.",
        completion: .list(["dynamic", "static"]))
    private var reload: String?
    @Option(name: .flag("schema"), help: "What values must be: a JSON Schema, @file, - for standard input, or none.")
    private var schema: String?
    @Option(
        name: .flag("locked-at"),
        help: "Layer, such as env/prod, or kind of layer (env) below which no layer has a value of its own.",
        completion: .list(["global", "env", "service", "service_env", "instance", "none"]))
    private var lockedAt: String?
    @Option(name: .flag("default"), parsing: .unconditional, help: "The value where no layer has one.")
    private var defaultValue: String?
    @Option(name: .flag("deprecated"), help: "Why it should no longer be used; none takes it back.")
    private var deprecated: String?
    @Option(name: .flag("protected"), help: "Whether changes need sudo as well (true or false).")
    private var protected: Bool?

    /// The members given, as the API takes them.
    ///
    /// - Parameters:
    ///   - present: what the key is so far, for the type of its default; `nil` when it is new.
    ///   - console: where standard input is read.
    /// - Returns: only what was given; `null` for what is taken back.
    /// - Throws: ``Failure`` with status 1 for a schema that cannot be read.
    func body(present: JSONObject? = nil, _ console: Console) throws(Failure) -> JSONObject {
        var body = JSONObject()
        for case (let name, let value?) in [
            ("type", type), ("description", description), ("owner", owner), ("docs", docs), ("reload", reload),
        ] { body[name] = .string(value) }
        if !tags.isEmpty { body["tags"] = .strings(tags.filter { !$0.isEmpty }) }
        for case (let name, let value?) in [("locked_at", lockedAt), ("deprecated", deprecated)] {
            body[name] = value.bytesEqual(to: "none") ? .null : .string(value)
        }
        for case (let name, let value?) in [("sensitive", sensitive), ("protected", protected)] {
            body[name] = .bool(value)
        }
        if let schema {
            body["schema"] =
                schema.bytesEqual(to: "none")
                ? .null : .object(try FlagDocument.object(schema, flag: "schema", console))
        }
        if let defaultValue {
            let type = type ?? present?["type"]?.stringValue
            body["default"] = ConfigValue.json(try ConfigValue.text(defaultValue, console), type: type)
        }
        return body
    }
}
