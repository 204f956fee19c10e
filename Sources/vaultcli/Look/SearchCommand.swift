internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `search`: where a word occurs.
struct SearchCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find secrets, keys of configuration and flags by a word.",
        discussion: """
            Looked at are the paths of secrets in all KV mounts that the token may see, and name, description, owner \
            and tags of keys and flags. Upper and lower case are the same. Values are never read. What the token may \
            not list is passed over.

              $ vaultcli search payment
              $ vaultcli search payment -in=config,flags
            """)

    @Option(name: .flag("in"), help: "Where to look: secrets, config and flags, with commas between.")
    private var domains = "secrets,config,flags"
    @Argument(help: "Text.") private var text: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard !text.isEmpty else { throw .usage("Say what to look for") }
        let chosen = try chosenDomains()
        var search = NameSearch(session, text)
        for mount in try await VisibleMount.all(session) {
            if mount.isKeyValue, chosen.contains("secrets") { try await search.lookAtSecrets(mount) }
            if mount.type.bytesEqual(to: "config"), chosen.contains("config") {
                try await search.lookAtDefinitions("config", mount.path + "keys")
            }
            if mount.type.bytesEqual(to: "flags"), chosen.contains("flags") {
                try await search.lookAtDefinitions("flag", mount.path + "definitions")
            }
        }
        let found = search.found
        if search.isCut {
            session.note("There are more than \(NameTree.greatestCount) secrets; not all were looked at")
        }
        guard !found.isEmpty else { throw .server("Nothing found") }
        try session.show(.array(found.map(\.json))) {
            Table.columns([["Kind", "Path", "Owner", "Description"]] + found.map(\.row))
        }
    }

    private func chosenDomains() throws(Failure) -> Set<String> {
        let known = ["secrets", "config", "flags"]
        var chosen: Set<String> = []
        for word: String in domains.bytesSplit(on: UInt8(ascii: ",")) {
            let word: String = word.trimmingASCIISpace()
            guard let domain = known.first(where: { $0.bytesEqual(to: word) }) else {
                throw .usage("-in must be of secrets, config and flags, with commas between")
            }
            chosen.insert(domain)
        }
        return chosen
    }
}

/// A search through what a token may list.
struct NameSearch {
    /// Something that was found.
    struct Match: Sendable {
        let kind: String
        let path: String
        var owner = ""
        var description = ""

        /// The match for machines.
        var json: JSON {
            [
                "kind": .string(kind), "path": .string(path), "owner": .string(owner),
                "description": .string(description),
            ]
        }

        /// The match for people.
        var row: [String] { [kind, path, owner, description] }
    }

    private let session: Session
    private let text: String
    /// What was found, mount by mount.
    private(set) var found: [Match] = []
    /// Whether there were too many names to look at all.
    private(set) var isCut = false

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - text: what to look for.
    init(_ session: Session, _ text: String) {
        self.session = session
        self.text = text.asciiLowercased()
    }

    /// Looks at the paths of secrets: all at once where the server and the token's policies allow it, else folder by
    /// folder.
    ///
    /// - Parameter mount: a KV mount.
    /// - Throws: ``Failure`` when the server cannot be reached.
    mutating func lookAtSecrets(_ mount: VisibleMount) async throws(Failure) {
        let root = mount.listing(of: mount.path)
        var paths: [String] = []
        switch await session.attempt(VaultRequest(.get, root, query: [("scan", "true")])) {
        case .success(let response?):
            paths = try session.secret(response).data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
        case .success(nil): break
        case .failure(let error):
            guard let status = error.status, status < 500 else {
                throw Failure(error, during: "Error listing \(mount.path)")
            }
            let session = session
            let tree = try await NameTree { (folder) async throws(Failure) in
                try await session.names(at: VaultPath.trimmed("\(root)/\(folder)"))
            }
            isCut = isCut || tree.isCut
            paths = tree.entries.map(\.path).filter { $0.utf8.last != UInt8(ascii: "/") }
        }
        let matching = paths.filter { matches(mount.path + $0) }.sorted { ByteOrder.precedes($0, $1) }
        found += matching.map { Match(kind: "secret", path: mount.path + $0) }
    }

    /// Looks at what keys or flags are.
    ///
    /// - Parameters:
    ///   - kind: what they are, for people.
    ///   - path: where they are listed with what they are.
    /// - Throws: ``Failure`` when the server cannot be reached.
    mutating func lookAtDefinitions(_ kind: String, _ path: String) async throws(Failure) {
        switch await session.attempt(VaultRequest(.get, path, query: [("list", "true")])) {
        case .success(nil): break
        case .failure(let error):
            guard let status = error.status, status < 500 else { throw Failure(error, during: "Error listing \(path)") }
        case .success(let response?):
            let data = try session.secret(response).data
            for name in data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
                let facts = data["key_info"]?[name]
                let tags = facts?["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
                let owner = facts?["owner"]?.stringValue ?? ""
                let description = facts?["description"]?.stringValue ?? ""
                if ([name, owner, description] + tags).contains(where: matches) {
                    found.append(Match(kind: kind, path: "\(path)/\(name)", owner: owner, description: description))
                }
            }
        }
    }

    private func matches(_ text: String) -> Bool { text.asciiLowercased().containsBytes(self.text) }
}
