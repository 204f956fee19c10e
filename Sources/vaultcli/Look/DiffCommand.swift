internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `diff`: what differs between two places.
struct DiffCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two secrets, layers of configuration, or environments of flags.",
        discussion: """
            A secret is spelled as for `kv get`, with @VERSION for an earlier version; a layer as for `config get`; \
            the states of an environment as flags/states/ENV, or flags/states/ENV/FLAG for one flag. Values of \
            secrets are shown with -reveal only; sensitive configuration is compared by its HMACs.

              $ vaultcli diff secret/staging/db secret/production/db
              $ vaultcli diff secret/app@3 secret/app
              $ vaultcli diff env/staging env/prod
              $ vaultcli diff flags/states/staging flags/states/prod
            """)

    @Flag(name: .flag("reveal"), help: "Show the values of secrets.") private var reveal = false
    @OptionGroup private var mount: ConfigMount
    @Argument(help: "The one place.") private var left: String
    @Argument(help: "The other.") private var right: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let (before, after) = (
            try await ComparedPlace(left, mount, session), try await ComparedPlace(right, mount, session)
        )
        guard before.kind == after.kind else {
            throw .usage("\(left) is \(before.kind.phrase) and \(right) \(after.kind.phrase)")
        }
        let isHidden = before.kind == .secret && !reveal
        // Inside of a secret's fields nothing is told, not even names.
        let changes: [JSON] =
            before.kind == .secret
            ? KVChange.between(before.content, after.content).map { $0.masked(isHidden) }
            : FlagChange.between(.object(before.content), .object(after.content)).map(\.json)
        try session.show(.array(changes)) {
            let lines = ChangeText.lines(.array(changes))
            return lines.isEmpty ? "No difference" : lines.joined(separator: "\n")
        }
    }
}

extension KVChange {
    /// The change as the API writes changes.
    ///
    /// - Parameter isHidden: whether stars stand for the values.
    /// - Returns: the path, what was there and what is there now.
    fileprivate func masked(_ isHidden: Bool) -> JSON {
        var change: JSONObject = ["path": .string(name)]
        if let before { change["from"] = isHidden ? "********" : before }
        if let after { change["to"] = isHidden ? "********" : after }
        return .object(change)
    }
}

/// Something that can be compared, by names and values.
struct ComparedPlace {
    /// What it is.
    enum Kind {
        case secret, layer, states, record

        /// The kind for people.
        var phrase: String {
            switch self {
            case .secret: "a secret"
            case .layer: "a layer of configuration"
            case .states: "flags of an environment"
            case .record: "something else"
            }
        }
    }

    /// What it is.
    let kind: Kind
    /// What is there.
    let content: JSONObject

    /// Reads a place.
    ///
    /// - Parameters:
    ///   - word: as the user spells it.
    ///   - mount: where layers are.
    ///   - session: the session.
    /// - Throws: ``Failure`` with status 2 when there is nothing, or the server refuses.
    init(_ word: String, _ mount: ConfigMount, _ session: Session) async throws(Failure) {
        if let layer = ConfigLayer(word) {
            kind = .layer
            content = try await Self.values(in: layer, mount, session)
            return
        }
        let (path, version) = try Self.splitVersion(VaultPath.trimmed(word))
        let found = try await VisibleMount.serving(path, session)
        if let found, found.isKeyValue {
            kind = .secret
            let location = try await KVLocation.find(path, mount: nil, session)
            if version != nil { try location.requireVersions(for: "diff") }
            content = try await KVVersion.data(location, version: version, session)
            return
        }
        guard version == nil else { throw .usage("Only secrets have versions behind an @ here: \(word)") }
        let parts: [String] = path.bytesSplit(on: UInt8(ascii: "/"))
        let isFlags = found?.type.bytesEqual(to: "flags") ?? false
        if isFlags, parts.count >= 2, parts[parts.count - 2].bytesEqual(to: "states") {
            kind = .states
            content = try await Self.states(at: path, session)
            return
        }
        guard let record = try await session.reading(path) else { throw .server("No value found at \(path)") }
        kind = isFlags ? .states : .record
        content = Self.withoutFacts(record)
    }

    private static func splitVersion(_ word: String) throws(Failure) -> (path: String, version: Int?) {
        let bytes = Array(word.utf8)
        guard let sign = bytes.lastIndex(of: UInt8(ascii: "@")) else { return (word, nil) }
        let digits = String(decoding: bytes[(sign + 1)...], as: UTF8.self)
        // An @ may be part of a name.
        guard let version = Int(digits), version > 0 else { return (word, nil) }
        return (String(decoding: bytes[..<sign], as: UTF8.self), version)
    }

    private static func values(
        in layer: ConfigLayer, _ mount: ConfigMount, _ session: Session
    ) async throws(Failure) -> JSONObject {
        var result = JSONObject()
        for key in try await session.listing(try mount.path("data", in: layer)).names {
            guard let entry = try await session.reading(try mount.path("data", in: layer, key)) else { continue }
            if let digest = entry["hmac"]?.stringValue {
                result[key] = .string("HMAC \(digest)")
            } else if entry["unset"]?.boolValue == true {
                result[key] = ["$unset": true]
            } else {
                result[key] = entry["value"] ?? .null
            }
        }
        return result
    }

    private static func states(at path: String, _ session: Session) async throws(Failure) -> JSONObject {
        var result = JSONObject()
        for name in try await session.listing(path).names {
            guard let state = try await session.reading("\(path)/\(name)") else { continue }
            result[name] = .object(withoutFacts(state))
        }
        return result
    }

    private static func withoutFacts(_ record: JSONObject) -> JSONObject {
        JSONObject(
            record.members.filter { member in !FlagDifference.facts.contains { $0.bytesEqual(to: member.name) } })
    }
}
