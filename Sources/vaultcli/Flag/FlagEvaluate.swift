internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag eval`: what someone gets, and why.
struct FlagEvaluate: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Say what someone gets of a flag, and why.",
        discussion: """
            Whom it is for comes from attributes on the command line, on top of a JSON object given with -context. \
            Attributes are JSON where they look like it (3, true, [1]), else texts. -explain shows each step that led \
            to the answer. With -all there is no key, and the answer has all flags that the token may evaluate. From \
            a receipt, which -receipt asks for, `flag replay` can repeat the evaluation later.

              $ vaultcli flag eval shop -env=prod -key=user-7 country=US app.version=2.10.0
              $ vaultcli flag eval shop -env=prod -context=@context.json -explain
              $ vaultcli flag eval -all -env=staging -key=user-7
            """)

    @Option(name: .flag("context"), help: "Context as a JSON object, @file, or - for standard input.")
    private var context: String?
    @Option(name: .flag("key"), help: "Targeting key: who it is, the same in every evaluation.")
    private var targetingKey: String?
    @Flag(name: .flag("explain"), help: "Show the steps.") private var explains = false
    @Flag(name: .flag("all"), help: "All flags instead of one.") private var takesAll = false
    @Flag(name: .flag("receipt"), help: "Ask for a receipt of the evaluation.") private var wantsReceipt = false
    @Option(name: .flag("as-of"), help: "As of this time, in RFC 3339 form.") private var asOf: String?
    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag, unless -all is given; then attributes, as name=value.") private var words: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard takesAll || !words.isEmpty else { throw .usage("Name a flag, or say -all") }
        guard !takesAll || !wantsReceipt else { throw .usage("A receipt is about one flag, so -all has none") }
        let attributes = takesAll ? words[...] : words.dropFirst()
        var subject = try FlagContext.parse(context, attributes, session.surroundings.console)
        if let targetingKey { subject["targetingKey"] = .string(targetingKey) }
        var body: JSONObject = ["context": .object(subject)]
        if explains { body["explain"] = true }
        if wantsReceipt { body["receipt"] = true }
        if let asOf { body["as_of"] = .string(asOf) }
        let environment = place.environment(session)
        let path =
            takesAll
            ? try place.mount.path("evaluate", environment) : try place.mount.path("evaluate", environment, words[0])
        let response = try await session.send(
            VaultRequest(.post, path, json: .object(body)), or: "Error evaluating \(path)")
        try session.show(response) { takesAll ? FlagEvaluationText.overview($0) : FlagEvaluationText.one($0) }
    }
}

/// Whom flags are evaluated for.
enum FlagContext {
    /// Reads a context.
    ///
    /// - Parameters:
    ///   - base: a JSON object, `@file`, or `-` for standard input; `nil` for nothing.
    ///   - attributes: `name=value` each, on top of it.
    ///   - console: where standard input is read.
    /// - Returns: the context.
    /// - Throws: ``Failure`` with status 1 for what is no object or no pair.
    static func parse(
        _ base: String?, _ attributes: ArraySlice<String>, _ console: Console
    ) throws(Failure) -> JSONObject {
        var result =
            try base.map { text throws(Failure) in
                try FlagDocument.object(text, flag: "context", console)
            } ?? JSONObject()
        for word in attributes {
            guard let sign = word.utf8.firstIndex(of: UInt8(ascii: "=")), sign > word.utf8.startIndex else {
                throw .usage("Attributes must be given as name=value")
            }
            let value = String(decoding: word.utf8[word.utf8.index(after: sign)...], as: UTF8.self)
            // What is no JSON is a text.
            let json = (try? JSON(parsing: value)) ?? .string(value)
            result[String(decoding: word.utf8[..<sign], as: UTF8.self)] = json
        }
        return result
    }
}
