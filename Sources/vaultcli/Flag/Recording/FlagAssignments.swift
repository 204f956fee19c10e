internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag assignments`: what people were given last.
struct FlagAssignments: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "assignments",
        abstract: "Show which variation people were given last.",
        discussion: """
            Of a flag: everybody who was given one of its variations, or with -variation that one. With -targeting-key \
            and no flag: what this one person was given of each flag. Only flags whose definition says \
            record_exposures remember it.

              $ vaultcli flag assignments shop -env=prod -variation=on -limit=100
              $ vaultcli flag assignments -env=prod -targeting-key=user-7
            """)

    @Option(name: .flag("targeting-key", alias: "key"), help: "Only this targeting key.")
    private var targetingKey: String?
    @Option(name: .flag("variation"), help: "Only who was given this variation last.") private var variation: String?
    @Option(name: .flag("limit"), help: "So many people at most; all without a word.") private var limit: Int?
    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag; with -targeting-key all flags without one.") private var key: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        if let limit, limit <= 0 { throw .usage("-limit must be a number above 0") }
        let environment = place.environment(session)
        switch (key, targetingKey) {
        case (let key?, nil):
            try await showAll(of: key, try place.mount.path("assignments", environment, key), session)
        case (let key?, let one?):
            try await show(one, try place.mount.path("assignments", environment, key), session)
        case (nil, let one?): try await show(one, try place.mount.path("assignments", environment), session)
        case (nil, nil): throw .usage("Name a flag, or a person with -targeting-key")
        }
    }

    private func show(_ one: String, _ path: String, _ session: Session) async throws(Failure) {
        guard variation == nil, limit == nil else {
            throw .usage("-variation and -limit narrow the people of a flag; -targeting-key names one already")
        }
        let request = VaultRequest(.get, path, query: [("targeting_key", one)])
        let none = "Nobody with that targeting key was given a variation that is remembered"
        guard let response = try await session.find(request, or: "Error reading \(path)") else { throw .server(none) }
        let secret = try session.secret(response)
        guard secret.wrapInfo != nil || !(secret.data["assignments"]?.arrayValue ?? []).isEmpty else {
            throw .server(none)
        }
        try session.show(response) { answer in
            let rows = (answer["assignments"]?.arrayValue ?? []).map { assignment in
                ["flag", "variation", "time", "variations_seen"].map { CellText.field(assignment[$0] ?? "") }
            }
            return Table.columns([["Flag", "Variation", "Time", "Variations seen"]] + rows)
        }
    }

    private func showAll(of key: String, _ path: String, _ session: Session) async throws(Failure) {
        var found: [JSON] = []
        var page = FlagPage()
        repeat {
            var query = page.query
            if let variation { query.append(("variation", variation)) }
            let request = VaultRequest(.get, path, query: query)
            try session.printInstead(request)
            guard let response = try await session.prepare(request, or: "Error reading \(path)") else {
                throw .server("There is no flag \(key), or no such environment")
            }
            let answer = try session.secret(response).data
            found += answer["assignments"]?.arrayValue ?? []
            try page.goOn(after: answer["next"])
        } while !page.isOver && found.count < limit ?? .max
        if let limit { found = Array(found.prefix(limit)) }
        try session.show(["assignments": .array(found)]) {
            guard !found.isEmpty else { return "Nobody was given a variation that is remembered" }
            let rows = found.map { assignment in
                ["targeting_key", "variation", "time"].map { CellText.field(assignment[$0] ?? "") }
            }
            return Table.columns([["Targeting key", "Variation", "Time"]] + rows)
        }
    }
}
