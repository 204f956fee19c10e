internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag scan`: where source code uses flags.
struct FlagScan: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find where source code uses flags.",
        discussion: """
            Looks for the key of every flag between quotes, in every text file below a folder; folders of version \
            control, dependencies and builds are left out. Shows the places of each flag, flags that no place uses, \
            and keys that look like flags, given to a function such as isEnabled or getBooleanValue, but are not \
            defined. Nothing of the source code is sent anywhere; with -report files and lines are kept beside the \
            flags.

              $ vaultcli flag scan .
              $ vaultcli flag scan -report -format=json Sources
            """)

    @Flag(name: .flag("report"), help: "Keep the places at the server, instead of those kept before.")
    private var reports = false
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Folder.", completion: .directory) private var folder: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let definitions = try mount.path("definitions")
        let keys = try await session.listing(definitions).names
        let archived = try await session.listing(definitions, [("archived", "true")]).names
        var report = FlagScanReport(keys: keys, archived: archived)
        let search = FlagReferences(keys: keys + archived)
        for file in try SourceTree.files(below: folder) {
            guard let text = try SourceTree.text(of: file) else { continue }
            report.add(search.places(in: text), in: relative(file))
        }
        if reports { try await send(report, keys + archived, session) }
        try session.show(report.json) { report.text }
    }

    private func send(_ report: FlagScanReport, _ keys: [String], _ session: Session) async throws(Failure) {
        for key in keys {
            let request = VaultRequest(
                .post, try mount.path("references", key), json: ["references": report.references(to: key)])
            _ = try await session.send(request, or: "Error reporting references to flag \(key)")
        }
    }

    /// The path in the folder, so that a report is the same wherever the source code is checked out.
    private func relative(_ file: String) -> String {
        let prefix = folder.utf8.last == UInt8(ascii: "/") ? folder : folder + "/"
        guard file.hasBytePrefix(prefix) else { return file }
        return String(decoding: file.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

/// What a search for flags in source code found.
struct FlagScanReport: Sendable {
    /// One place in the source code.
    private struct Reference {
        let file: String
        let line: Int
        var json: JSON { ["file": .string(file), "line": .integer(line)] }
        var text: String { "  \(file):\(line)" }
    }

    private let keys: [String]
    private let archived: [String]
    private var found: [String: [Reference]] = [:]
    private var unknown: [String: [Reference]] = [:]

    /// Begins a report.
    ///
    /// - Parameters:
    ///   - keys: the keys of flags in use.
    ///   - archived: the keys of archived flags.
    init(keys: [String], archived: [String]) {
        self.keys = keys
        self.archived = archived
    }

    /// Adds what was found in a file.
    ///
    /// - Parameters:
    ///   - places: the places.
    ///   - file: the file's path.
    mutating func add(_ places: [FlagReferences.Place], in file: String) {
        // Keys and unknown names are ASCII, so that equal strings have equal bytes.
        for place in places {
            let reference = Reference(file: file, line: place.line)
            if place.isKnown {
                found[place.key, default: []].append(reference)
            } else {
                unknown[place.key, default: []].append(reference)
            }
        }
    }

    /// The places that use a flag.
    ///
    /// - Parameter key: the flag's key.
    /// - Returns: files and lines as the API takes them.
    func references(to key: String) -> JSON {
        .array((found[key] ?? []).map(\.json))
    }

    /// The report for machines.
    var json: JSON {
        [
            "references": .object(JSONObject(keys.map { .init(name: $0, value: references(to: $0)) })),
            "archived": .object(
                JSONObject(archived.filter { found[$0] != nil }.map { .init(name: $0, value: references(to: $0)) })),
            "unknown": .object(
                JSONObject(
                    unknown.sorted { ByteOrder.precedes($0.key, $1.key) }
                        .map { .init(name: $0.key, value: .array($0.value.map(\.json))) })),
        ]
    }

    /// The report for people.
    var text: String {
        let used = keys.flatMap { key in [key] + (found[key]?.map(\.text) ?? ["  (not used)"]) }
        let gone = archived.filter { found[$0] != nil }.flatMap { key in
            ["\(key) (archived)"] + (found[key] ?? []).map(\.text)
        }
        let others = unknown.sorted { ByteOrder.precedes($0.key, $1.key) }.flatMap { key, places in
            ["\(key) (not defined)"] + places.map(\.text)
        }
        let lines = used + gone + others
        return lines.isEmpty ? "There are no flags" : lines.map(CellText.printable).joined(separator: "\n")
    }
}
