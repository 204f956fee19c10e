internal import ArgumentParser
internal import Notation

/// `flag target`: individuals who get a variation whatever the rules say.
struct FlagTargetGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "target",
        abstract: "Give individuals a variation whatever the rules say.",
        discussion: """
              $ vaultcli flag target add shop -env=prod -variation=on user-7 user-12
            """,
        subcommands: [FlagTargetAdd.self, FlagTargetRemove.self])
}

/// `flag target add`: targets more.
struct FlagTargetAdd: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Give individuals a variation.",
        discussion: """
            Whoever was given another variation before gets this one instead.

              $ vaultcli flag target add shop -env=prod -variation=on user-7 user-12
            """)

    @Option(name: .flag("variation"), help: "The variation they get.") private var variation: String
    @Option(name: .flag("kind"), help: "Whose keys they are, for contexts of several kinds.")
    private var kind = "user"
    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @Argument(help: "Targeting keys.") private var targets: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let change = try await FlagStateChange(key, place, session)
        var lists = FlagTargets(change.elements("targets"))
        lists.remove(targets, kind: kind, from: nil)
        lists.add(targets, kind: kind, to: variation)
        try await change.write(
            ["targets": lists.json],
            line: "\(targets.joined(separator: ", ")): \(variation) of \(key) in "
                + change.environment, session)
    }
}

/// `flag target remove`: targets less.
struct FlagTargetRemove: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Leave individuals to the rules again.",
        discussion: """
              $ vaultcli flag target remove shop -env=prod user-7
            """,
        aliases: ["rm"])

    @Option(name: .flag("variation"), help: "Only where they were given this variation.")
    private var variation: String?
    @Option(name: .flag("kind"), help: "Whose keys they are, for contexts of several kinds.")
    private var kind = "user"
    @OptionGroup private var place: FlagWritingPlace
    @Argument(help: "Flag.") private var key: String
    @Argument(help: "Targeting keys.") private var targets: [String]
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let change = try await FlagStateChange(key, place, session)
        var lists = FlagTargets(change.elements("targets"))
        let count = lists.remove(targets, kind: kind, from: variation)
        guard count > 0 else { throw .server("None of them is a target of \(key) in \(change.environment)") }
        try await change.write(
            ["targets": lists.json], line: "Removed \(count) of the targets of \(key) in \(change.environment)", session
        )
    }
}

/// The lists of individuals of a state.
struct FlagTargets {
    private var lists: [(variation: String, kind: String, keys: [String])]

    /// Reads the lists.
    ///
    /// - Parameter targets: the lists as the API has them.
    init(_ targets: [JSON]) {
        lists = targets.map { target in
            (
                target["variation"]?.stringValue ?? "", target["kind"]?.stringValue ?? "user",
                target["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
            )
        }
    }

    /// Takes keys off the lists of a kind.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - kind: their kind.
    ///   - variation: only off the list of this variation; `nil` takes them off all.
    /// - Returns: how many were on a list.
    @discardableResult
    mutating func remove(_ keys: [String], kind: String, from variation: String?) -> Int {
        let gone = Set(keys.map { Array($0.utf8) })
        var count = 0
        for index in lists.indices where lists[index].kind.bytesEqual(to: kind) {
            if let variation, !lists[index].variation.bytesEqual(to: variation) { continue }
            let before = lists[index].keys.count
            lists[index].keys.removeAll { gone.contains(Array($0.utf8)) }
            count += before - lists[index].keys.count
        }
        lists.removeAll { $0.keys.isEmpty }
        return count
    }

    /// Puts keys on a list, each once.
    ///
    /// - Parameters:
    ///   - keys: the keys; none of them is on a list of their kind.
    ///   - kind: their kind.
    ///   - variation: what they get.
    mutating func add(_ keys: [String], kind: String, to variation: String) {
        var known: Set<[UInt8]> = []
        let fresh = keys.filter { known.insert(Array($0.utf8)).inserted }
        let place = lists.firstIndex { $0.variation.bytesEqual(to: variation) && $0.kind.bytesEqual(to: kind) }
        if let place { lists[place].keys += fresh } else { lists.append((variation, kind, fresh)) }
    }

    /// The lists as the API takes them.
    var json: JSON {
        .array(
            lists.map { ["variation": .string($0.variation), "keys": .strings($0.keys), "kind": .string($0.kind)] })
    }
}
