internal import ArgumentParser
internal import Notation

/// What a change set is to change, from a file or from words.
struct ChangeSetContent: ParsableArguments {
    @Option(
        name: .flag("file", alias: "f"),
        help: "The items as JSON, a list or an object with items: a file, or - for standard input.")
    private var file: String?
    @Option(name: .flag("patch"), help: "Change members of something, as KIND:PATH=JSON; may be repeated.")
    private var patches: [String] = []
    @Option(name: .flag("delete"), help: "Delete something, as KIND:PATH; may be repeated.")
    private var deletions: [String] = []
    @Option(name: .flag("to-version"), help: "Go back to a version, as KIND:PATH@VERSION; may be repeated.")
    private var rollbacks: [String] = []
    @Argument(help: "Items, as KIND:PATH=VALUE, KIND:PATH=@file or KIND:PATH=-.") private var words: [String] = []

    /// The content as the API takes it.
    ///
    /// - Parameter console: where standard input is read.
    /// - Returns: an object with `items`, and with what else the file has.
    /// - Throws: ``Failure`` with status 1 for what cannot be read.
    func body(_ console: Console) throws(Failure) -> JSONObject {
        var body = try file.map { (file) throws(Failure) in try read(file, console) } ?? JSONObject()
        var items = body["items"]?.arrayValue ?? []
        for word in words { items.append(try ChangeSetItem.writing(word, "put", console)) }
        for word in patches { items.append(try ChangeSetItem.writing(word, "patch", console)) }
        for word in deletions { items.append(try ChangeSetItem.deletion(word)) }
        for word in rollbacks { items.append(try ChangeSetItem.rollback(word)) }
        if !items.isEmpty { body["items"] = .array(items) }
        return body
    }

    private func read(_ file: String, _ console: Console) throws(Failure) -> JSONObject {
        let bytes: [UInt8]
        if file.bytesEqual(to: "-") {
            bytes = try console.readInput()
        } else {
            bytes = try LocalFile.contents(of: file)
        }
        // The file may hold secrets; of the parser's error only the place is told.
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw .usage("The change set in \(file) is no JSON: \(error)")
        }
        switch json {
        case .array: return ["items": json]
        case .object(let object) where object["items"]?.arrayValue != nil: return object
        default: throw .usage("The change set in \(file) must be a list of items, or an object with items")
        }
    }
}
