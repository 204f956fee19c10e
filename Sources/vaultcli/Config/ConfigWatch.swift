internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `config watch`: changes of what a service gets, as they happen.
struct ConfigWatch: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow the changes of what a service gets.",
        discussion: """
            A line is printed for each change: when, at which revision, which keys, and whether the service must be \
            started anew for it; with -format=json an object. Values are not printed. While the server is gone, it is \
            said since when; when it is back, what changed meanwhile is told in one line. It ends only when it is \
            interrupted, after -limit changes, or when the server refuses.

              $ vaultcli config watch checkout -env=prod
              $ vaultcli config watch checkout -env=prod -limit=1 && reload-checkout
            """)

    @Option(name: .flag("limit"), help: "End after so many changes.") private var limit: Int?
    @OptionGroup private var place: ConfigServicePlace
    @Argument(help: "Service. [PULSEVAULT_SERVICE]") private var service: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let service = try place.service(service, session)
        guard limit.map({ $0 > 0 }) ?? true else { throw .usage("-limit must be 1 or more") }
        let query = place.query(session)
        let stream = VaultRequest(
            .get, try place.mount.path("watch", service), query: query, headers: [("Accept", "text/event-stream")])
        try session.printInstead(stream)
        let document = VaultRequest(.get, try place.mount.path("effective", service), query: query)
        var watch = ConfigWatching(session, document: document, limit: limit)
        try await watch.run(stream)
    }
}

/// A watch with the last good values.
///
/// It follows the stream of changes. Whenever that begins anew, what it missed is found by comparing values.
struct ConfigWatching {
    private let session: Session
    private let document: VaultRequest
    private let limit: Int?
    private var count = 0
    private var outage = Outage()
    /// What the service gets, as it was known last; `nil` before the first answer.
    private var known: JSON?
    /// The newest revision that the stream told of.
    private var told = 0
    private var pause = Duration.seconds(1)

    /// Prepares a watch.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - document: asks for what the service gets.
    ///   - limit: after how many changes to end; `nil` never.
    init(_ session: Session, document: VaultRequest, limit: Int?) {
        self.session = session
        self.document = document
        self.limit = limit
    }

    private var isDone: Bool { limit.map { count >= $0 } ?? false }

    /// Watches.
    ///
    /// - Parameter stream: asks for the changes.
    /// - Throws: ``Failure`` when the server refuses, or is not there at the beginning.
    mutating func run(_ stream: VaultRequest) async throws(Failure) {
        while true {
            let isNew = known == nil
            if try await refetch() {
                if isNew, session.settings.format == .table {
                    session.note("Watching from revision \(CellText.field(known?["revision"] ?? ""))")
                }
                // What was missed may be all that was waited for.
                if isDone { return }
                told = 0
                let feed = EventFeed(session.vault, stream.resuming(after: known?["revision"]))
                while let event = await feed.next() {
                    pause = .seconds(1)
                    try await take(event)
                    if isDone { return await feed.stop() }
                }
                if let error = await feed.failure { try notice(error) }
            }
            if isDone { return }
            try await Outage.rest(pause)
            // Many watchers of a server that comes back do not arrive together.
            pause = min(pause * 2, .seconds(15)) * Double.random(in: 0.8...1)
        }
    }

    private mutating func take(_ event: ServerEvent) async throws(Failure) {
        guard let change = (try? JSON(parsing: event.data))?.objectValue else { return }
        if event.name.bytesEqual(to: "change") {
            // What happens while a stream begins comes twice, under the same revision.
            let revision = change["revision"]?.intValue ?? 0
            guard revision > told else { return }
            told = revision
            tell(change)
            _ = try await remember()
        } else {
            // `refetch`: the server cannot tell any more what was missed.
            _ = try await refetch()
        }
    }

    /// Fetches what the service gets and tells what is new in it.
    ///
    /// - Returns: whether the server answered.
    private mutating func refetch() async throws(Failure) -> Bool {
        let before = known
        guard try await remember() else { return false }
        outage.end(session)
        if let before, let change = ConfigChangeLine.between(before, known ?? .null) { tell(change) }
        return true
    }

    /// Fetches what the service gets.
    private mutating func remember() async throws(Failure) -> Bool {
        switch await session.attempt(document) {
        case .success(let response?):
            known = try session.secret(response).data
            return true
        case .success(nil): throw .server("The server has nothing at \(document.path)")
        case .failure(let error):
            try notice(error)
            return false
        }
    }

    private mutating func notice(_ error: VaultError) throws(Failure) {
        guard known != nil, Outage.isOne(error) else { throw Failure(error, during: "Error watching \(document.path)") }
        let revision = known?["revision"].map { " of revision \(CellText.field($0))" } ?? ""
        outage.begin(error, keeping: "the last known values\(revision) stand", session)
    }

    private mutating func tell(_ change: JSONObject) {
        guard !isDone else { return }
        count += 1
        let isTable = session.settings.format == .table
        session.print(
            isTable ? ConfigChangeLine.text(change) : String(decoding: change.serialized(), as: UTF8.self))
    }
}

/// A change of what a service gets, as a line.
enum ConfigChangeLine {
    /// The line.
    ///
    /// - Parameter change: time, revision, keys, and whether a restart is needed, as events of the server have them.
    /// - Returns: for example `2027-01-31T12:00:00Z revision 42: log.level, pool.size (restart needed)`.
    static func text(_ change: JSONObject) -> String {
        let keys = change["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let time = change["time"].map { CellText.field($0) + " " } ?? ""
        let restart = change["restart_needed"]?.boolValue == true ? " (restart needed)" : ""
        let list = keys.isEmpty ? "no keys" : keys.joined(separator: ", ")
        return CellText.printable("\(time)revision \(CellText.field(change["revision"] ?? "")): \(list)\(restart)")
    }

    /// What differs between two answers.
    ///
    /// - Parameters:
    ///   - before: what a service got before.
    ///   - after: what it gets now.
    /// - Returns: a change; `nil` when no value differs.
    static func between(_ before: JSON, _ after: JSON) -> JSONObject? {
        let (left, right) = (before["values"]?.objectValue, after["values"]?.objectValue)
        let keys = KVChange.between(left ?? JSONObject(), right ?? JSONObject()).map(\.name)
        guard !keys.isEmpty else { return nil }
        let isFixed = [before, after].contains { answer in
            (answer["static"]?.arrayValue ?? []).contains { name in
                keys.contains { name.stringValue?.bytesEqual(to: $0) ?? false }
            }
        }
        return [
            "revision": after["revision"] ?? .null, "keys": .strings(keys), "restart_needed": .bool(isFixed),
            "time": .string(Timestamp(seconds: Timestamp.now().seconds).description),
        ]
    }
}

extension VaultRequest {
    /// A stream that goes on behind a revision.
    ///
    /// - Parameter revision: the last one known; `nil` begins with the next change.
    /// - Returns: the request.
    fileprivate func resuming(after revision: JSON?) -> VaultRequest {
        guard let revision else { return self }
        var request = self
        request.headers.append(("Last-Event-ID", CellText.field(revision)))
        return request
    }
}
