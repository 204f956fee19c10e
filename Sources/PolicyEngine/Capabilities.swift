/// What a rule lets its holder do with the paths it matches.
package struct Capabilities: OptionSet, Hashable, Sendable {
    /// One bit per capability.
    package let rawValue: UInt16

    /// Makes a set from its bits.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Write a path that does not exist yet.
    package static let create = Capabilities(rawValue: 1 << 0)
    /// Read a path.
    package static let read = Capabilities(rawValue: 1 << 1)
    /// Write a path that exists.
    package static let update = Capabilities(rawValue: 1 << 2)
    /// Change a part of a path.
    package static let patch = Capabilities(rawValue: 1 << 3)
    /// Remove a path.
    package static let delete = Capabilities(rawValue: 1 << 4)
    /// List the names below a path.
    package static let list = Capabilities(rawValue: 1 << 5)
    /// List all the paths below a path.
    package static let scan = Capabilities(rawValue: 1 << 6)
    /// Use root-protected paths.
    package static let sudo = Capabilities(rawValue: 1 << 7)
    /// Nothing at all, whatever else the rule says.
    package static let deny = Capabilities(rawValue: 1 << 8)
    /// Evaluate feature flags without reading their definitions.
    package static let evaluate = Capabilities(rawValue: 1 << 9)

    /// Each capability with its word, in the order of the words.
    private static let words: [(name: String, capability: Capabilities)] = [
        ("create", .create), ("delete", .delete), ("deny", .deny), ("evaluate", .evaluate), ("list", .list),
        ("patch", .patch), ("read", .read), ("scan", .scan), ("sudo", .sudo), ("update", .update),
    ]

    /// The capability of a word, compared by bytes; `nil` for any other word.
    init?(word: String) {
        guard let found = Self.words.first(where: { $0.name.utf8.elementsEqual(word.utf8) }) else { return nil }
        self = found.capability
    }

    /// The capabilities of an old-style `policy` word: `deny`, `read`, `write` or `sudo`; `nil` for any other word.
    init?(oldStyleWord word: String) {
        let meanings: [(String, Capabilities)] = [
            ("deny", .deny), ("read", [.read, .list]), ("write", [.create, .read, .update, .delete, .list]),
            ("sudo", [.create, .read, .update, .delete, .list, .sudo]),
        ]
        guard let found = meanings.first(where: { $0.0.utf8.elementsEqual(word.utf8) }) else { return nil }
        self = found.1
    }

    /// The words of the capabilities in the set, sorted.
    package var names: [String] {
        Self.words.filter { contains($0.capability) }.map(\.name)
    }
}
