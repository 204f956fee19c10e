internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag exposures`: who was given what, the oldest first.
struct FlagExposures: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "exposures",
        abstract: "Print who was given which variation of a flag, and when.",
        discussion: """
            An exposure says that someone was given a variation for the first time, or another one than before. All \
            of them are printed, page by page as they come: one JSON object a line, or comma-separated values under a \
            line of names. Whatever -format says, nothing else is printed. Numbers go up, so -after goes on where an \
            earlier export ended. Exposures are recorded for flags whose definition says record_exposures.

              $ vaultcli flag exposures shop -env=prod > exposures.ndjson
              $ vaultcli flag exposures shop -env=prod -format-as=csv -after=52000
            """)

    /// How exposures are written.
    private enum Form: String, ExpressibleByArgument, CaseIterable {
        case ndjson, csv
    }

    @Option(name: .flag("format-as"), help: "ndjson (a JSON object a line) or csv.") private var form = Form.ndjson
    @Option(name: .flag("after"), help: "Only exposures with a number above this one.") private var after = 0
    @OptionGroup private var place: FlagReadingPlace
    @Argument(help: "Flag.") private var key: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard after >= 0 else { throw .usage("-after must be a number that is not negative") }
        let environment = place.environment(session)
        let path = try place.mount.path("exposures", environment, key)
        var page = FlagPage(after: after)
        repeat {
            let request = VaultRequest(.get, path, query: [("format", form.rawValue)] + page.query)
            try session.printInstead(request)
            guard let response = try await session.prepare(request, or: "Error reading \(path)") else {
                throw .server("There is no flag \(key), or no environment \(environment)")
            }
            let isFirst = page.isFirst
            try page.goOn(after: response.header("X-Pulse-Next"))
            write(response.body, isFirst: isFirst, session)
        } while !page.isOver
    }

    /// Writes a page; the line of names that each page of values begins with stands once only.
    private func write(_ body: [UInt8], isFirst: Bool, _ session: Session) {
        var rest = body[...]
        if form == .csv, !isFirst {
            rest = rest.drop { $0 != 0x0A }.dropFirst()
        }
        guard !rest.isEmpty else { return }
        session.surroundings.console.write(.output, String(decoding: rest, as: UTF8.self))
    }
}

/// Where in a series that is read page by page the next page begins.
struct FlagPage {
    /// The number after which it begins.
    private(set) var after: Int
    /// Whether no page was read yet.
    private(set) var isFirst = true
    /// Whether the last page was read.
    private(set) var isOver = false

    /// Begins a series.
    ///
    /// - Parameter after: the number after which the first page begins; 0 for all.
    init(after: Int = 0) {
        self.after = after
    }

    /// What asks for the page.
    var query: [(name: String, value: String)] {
        after == 0 ? [] : [("after", String(after))]
    }

    /// Goes on to the next page.
    ///
    /// - Parameter next: where it begins, as the last answer tells; `nil` when there is none.
    /// - Throws: ``Failure`` with status 2 when that is no number or leads back, which would never end.
    mutating func goOn(after next: String?) throws(Failure) {
        isFirst = false
        guard let next else {
            isOver = true
            return
        }
        guard let number = Int(next), number > after else {
            throw .server("The server's answer does not tell where the next page begins")
        }
        after = number
    }

    /// Goes on to the next page.
    ///
    /// - Parameter next: the member `next` of the last answer.
    /// - Throws: ``Failure`` with status 2 as for a text.
    mutating func goOn(after next: JSON?) throws(Failure) {
        switch next {
        case nil, .null?: try goOn(after: String?.none)
        case let value?: try goOn(after: CellText.field(value))
        }
    }
}
