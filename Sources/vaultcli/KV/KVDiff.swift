internal import ArgumentParser
internal import Notation

/// `kv diff`: what differs between two versions or two keys.
struct KVDiff: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two versions or two keys.",
        discussion: """
            Shows which names were added, removed and changed; values only with -reveal. Without -from and -to the \
            version before the current one is compared with the current one.

              $ vaultcli kv diff -from=2 -to=5 secret/app/db
              $ vaultcli kv diff secret/staging/db secret/production/db
            """)

    @Option(name: .flag("from"), help: "Earlier version.") private var from: Int?
    @Option(name: .flag("to"), help: "Later version.") private var to: Int?
    @Flag(name: .flag("reveal"), help: "Show the values.") private var reveal = false
    @Argument(help: "Key, beginning with its mount.") private var key: String
    @Argument(help: "Key to compare with.") private var other: String?
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let left = try await KVLocation.find(key, mount: nil, session)
        let changes: [KVChange]
        if let other {
            let right = try await KVLocation.find(other, mount: nil, session)
            changes = KVChange.between(
                try await KVVersion.data(left, version: from, session),
                try await KVVersion.data(right, version: to, session))
        } else {
            changes = try await versions(of: left, session)
        }
        try session.show(.array(changes.map { $0.json(revealing: reveal) })) {
            changes.map { CellText.printable($0.line(revealing: reveal)) }.joined(separator: "\n")
        }
    }

    private func versions(of location: KVLocation, _ session: Session) async throws(Failure) -> [KVChange] {
        try location.requireVersions(for: "diff")
        var later = to
        if later == nil { later = try await KVVersion.read(location, session)?.number }
        guard let later, let earlier = from ?? (later > 1 ? later - 1 : nil) else {
            throw .server("\(location.path(of: "data")) has no two versions")
        }
        return KVChange.between(
            try await KVVersion.data(location, version: earlier, session),
            try await KVVersion.data(location, version: later, session))
    }
}

/// One name that differs between two sets of data.
struct KVChange: Sendable {
    /// The name.
    let name: String
    /// Its value before; `nil` when it is new.
    let before: JSON?
    /// Its value after; `nil` when it is gone.
    let after: JSON?

    /// Compares two sets of data.
    ///
    /// - Parameters:
    ///   - left: before.
    ///   - right: after.
    /// - Returns: the names that differ, in the order of their bytes.
    static func between(_ left: JSONObject, _ right: JSONObject) -> [KVChange] {
        let gone = left.members.filter { right[$0.name] == nil }.map {
            KVChange(name: $0.name, before: $0.value, after: nil)
        }
        let other = right.members.compactMap { member -> KVChange? in
            let before = left[member.name]
            if let before, before.serialized() == member.value.serialized() { return nil }
            return KVChange(name: member.name, before: before, after: member.value)
        }
        return (gone + other).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The change for people: `+`, `-` or `~` and the name.
    ///
    /// - Parameter revealing: whether values are shown.
    /// - Returns: one line.
    func line(revealing: Bool) -> String {
        let values = revealing ? [before, after].compactMap { $0.map(CellText.field) }.joined(separator: " -> ") : ""
        return "\(sign) \(name)" + (values.isEmpty ? "" : ": " + values)
    }

    /// The change for machines.
    ///
    /// - Parameter revealing: whether values are shown.
    /// - Returns: name and kind, and the values.
    func json(revealing: Bool) -> JSON {
        var result: JSONObject = ["name": .string(name), "change": .string(kind)]
        if revealing, let before { result["before"] = before }
        if revealing, let after { result["after"] = after }
        return .object(result)
    }

    private var sign: String {
        before == nil ? "+" : after == nil ? "-" : "~"
    }

    private var kind: String {
        before == nil ? "added" : after == nil ? "removed" : "changed"
    }
}
