internal import ArgumentParser
internal import Notation

/// What a flag is, as far as the command line says so.
struct FlagDefinitionOptions: ParsableArguments {
    @Option(name: .flag("description"), help: "What the flag is for.") private var description: String?
    @Option(name: .flag("owner"), help: "Who answers for it.") private var owner: String?
    @Option(name: .flag("tag"), help: "Word to find it by; may be repeated, and an empty one alone means none.")
    private var tags: [String] = []
    @Option(
        name: .flag("kind"), help: "release, experiment, ops or permission.",
        completion: .list(["release", "experiment", "ops", "permission"]))
    private var kind: String?
    @Option(name: .flag("expires"), help: "When it should be gone: a date, a time in RFC 3339 form, or never.")
    private var expires: String?
    @Option(name: .flag("docs"), help: "Where its documentation is.") private var docs: String?
    @Option(name: .flag("client-visible"), help: "Whether browsers and apps may see its value (true or false).")
    private var clientVisible: Bool?
    @Option(name: .flag("record-exposures"), help: "Whether evaluations are recorded as exposures (true or false).")
    private var recordExposures: Bool?
    @Option(name: .flag("protected"), help: "Whether changes need sudo as well (true or false).")
    private var protected: Bool?

    /// The members given, as the API takes them.
    ///
    /// - Returns: only what was given.
    func body() -> JSONObject {
        var body = JSONObject()
        for case (let name, let value?) in [
            ("description", description), ("owner", owner), ("kind", kind), ("docs", docs),
        ] { body[name] = .string(value) }
        if !tags.isEmpty { body["tags"] = .strings(tags.filter { !$0.isEmpty }) }
        if let expires { body["expires"] = Self.instant(expires) }
        for case (let name, let value?) in [
            ("client_visible", clientVisible), ("record_exposures", recordExposures), ("protected", protected),
        ] { body[name] = .bool(value) }
        return body
    }

    /// A date is its first moment in UTC; anything else the server reads.
    private static func instant(_ text: String) -> JSON {
        if text.bytesEqual(to: "never") { return .null }
        let bytes = Array(text.utf8)
        let isDate = bytes.count == 10 && bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
        return .string(isDate ? text + "T00:00:00Z" : text)
    }
}

/// The values of a flag under their names, as `-variation name=value` gives them.
enum FlagVariations {
    /// Reads variations.
    ///
    /// - Parameters:
    ///   - words: `name=value` each; the value is JSON, and for a flag of texts any text.
    ///   - type: the flag's type.
    /// - Returns: values by name, in their order.
    /// - Throws: ``Failure`` with status 1 for a word that is no pair or a value that is no JSON.
    static func parse(_ words: [String], type: String) throws(Failure) -> JSONObject {
        var result = JSONObject()
        for word in words {
            let (name, value) = try KeyValueInput.pair(word, flag: "variation")
            guard result[name] == nil else { throw .usage("-variation: \(name) is given twice") }
            result[name] = try json(value, name, isText: type.bytesEqual(to: "string"))
        }
        return result
    }

    private static func json(_ value: String, _ name: String, isText: Bool) throws(Failure) -> JSON {
        // The parser's error names a place in one word; what is expected helps more.
        let json = try? JSON(parsing: value)
        if isText {
            if case .string? = json { return json ?? .null }
            return .string(value)
        }
        guard let json else { throw .usage("-variation: the value of \(name) must be JSON") }
        return json
    }
}
