internal import ArgumentParser
internal import Notation

/// `flag graph`: which flags need which.
struct FlagGraph: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Show which flags need which in an environment.",
        discussion: """
            Below each flag that no other needs stand its prerequisites, below them theirs. Flags without any are left \
            out.

              $ vaultcli flag graph -env=prod
            """)

    @OptionGroup private var place: FlagReadingPlace
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let environment = place.environment(session)
        var states = JSONObject()
        for key in try await session.listing(try place.mount.path("states", environment)).names {
            guard let state = try await session.reading(try place.mount.path("states", environment, key)) else {
                continue
            }
            states[key] = [
                "state": .string(FlagStateText.mode(.object(state))),
                "prerequisites": state["prerequisites"] ?? [],
            ]
        }
        let answer: JSON = ["environment": .string(environment), "flags": .object(states)]
        try session.show(answer) {
            let lines = FlagTree.lines(states)
            return lines.isEmpty
                ? "No flag in \(environment) needs another" : lines.map(CellText.printable).joined(separator: "\n")
        }
    }
}

/// Prerequisites as an indented text.
enum FlagTree {
    /// The lines.
    ///
    /// - Parameter states: by key, `state` and `prerequisites` as the API has them.
    /// - Returns: a line for each flag in each place where it is needed; none when no flag needs another.
    static func lines(_ states: JSONObject) -> [String] {
        let needed = states.members.flatMap { needs($0.value).map(\.flag) }
        let roots = states.members.filter { member in
            !needs(member.value).isEmpty && !needed.contains { $0.bytesEqual(to: member.name) }
        }
        var result: [String] = []
        // A stack instead of recursion: how deep prerequisites go is decided elsewhere.
        var pending = roots.reversed().map { (key: $0.name, wanted: String?.none, above: [String]()) }
        while let (key, wanted, above) = pending.popLast() {
            let indent = String(repeating: "    ", count: above.count)
            let state = states[key]?["state"]?.stringValue ?? "no state here"
            result.append(indent + (wanted.map { "needs \(key) = \($0)" } ?? key) + " (\(state))")
            let path = above + [key]
            // The server refuses a circle; a half-written answer must not make this one endless.
            for need in needs(states[key]).reversed() where !path.contains(where: { $0.bytesEqual(to: need.flag) }) {
                pending.append((need.flag, need.variation, path))
            }
        }
        return result
    }

    private static func needs(_ state: JSON?) -> [(flag: String, variation: String)] {
        (state?["prerequisites"]?.arrayValue ?? []).compactMap { need in
            need["flag"]?.stringValue.map { ($0, need["variation"]?.stringValue ?? "") }
        }
    }
}
