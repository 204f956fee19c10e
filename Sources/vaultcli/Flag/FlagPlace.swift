internal import ArgumentParser
internal import Notation

/// Which mount the flags are in.
struct FlagMount: ParsableArguments {
    /// The mount's path.
    @Option(name: .flag("mount"), help: "Path of the mount of flags.")
    var mount = "flags"

    /// A path in the mount.
    ///
    /// - Parameters:
    ///   - part: the first part of the path, for example `states`.
    ///   - names: environments and keys that follow it.
    /// - Returns: the path below `/v1/`.
    /// - Throws: ``Failure`` with status 1 for a name that cannot be one, which might lead somewhere else.
    func path(_ part: String, _ names: String...) throws(Failure) -> String {
        for name in names where !FlagNames.isValid(name) {
            throw .usage(FlagNames.rule)
        }
        return ([VaultPath.trimmed(mount), part] + names).joined(separator: "/")
    }
}

/// Where a command looks: an environment of a mount.
struct FlagReadingPlace: ParsableArguments {
    /// The mount.
    @OptionGroup var mount: FlagMount
    /// The environment, when it was named.
    @Option(name: .flag("env"), help: "Environment. [PULSEVAULT_ENVIRONMENT, else prod]")
    var env: String?

    /// The environment to look at: the one named, else the variable's, else `prod`.
    ///
    /// - Parameter session: the session.
    /// - Returns: the environment's name.
    func environment(_ session: Session) -> String {
        env ?? session.surroundings.environment["ENVIRONMENT"] ?? "prod"
    }
}

/// Where a command changes something: an environment of a mount, which must be known.
struct FlagKnownPlace: ParsableArguments {
    /// The mount.
    @OptionGroup var mount: FlagMount
    /// The environment, when it was named.
    @Option(name: .flag("env"), help: "Environment; must be known for a change. [PULSEVAULT_ENVIRONMENT]")
    var env: String?

    /// The environment to change: the one named, else the variable's. There is no other, so that nothing happens in
    /// production for want of a word.
    ///
    /// - Parameter session: the session.
    /// - Returns: the environment's name.
    /// - Throws: ``Failure`` with status 1 when there is none.
    func environment(_ session: Session) throws(Failure) -> String {
        guard let name = env ?? session.surroundings.environment["ENVIRONMENT"] else {
            throw .usage("Say in which environment: -env=NAME, or set PULSEVAULT_ENVIRONMENT")
        }
        return name
    }
}

/// Where a command writes a document that has versions: a known place, why, and on top of what.
struct FlagWritingPlace: ParsableArguments {
    @OptionGroup private var known: FlagKnownPlace
    /// Why, and on top of what.
    @OptionGroup var change: FlagChangeOptions

    /// The mount.
    var mount: FlagMount { known.mount }

    /// The environment to change; see ``FlagKnownPlace/environment(_:)``.
    ///
    /// - Parameter session: the session.
    /// - Returns: the environment's name.
    /// - Throws: ``Failure`` with status 1 when there is none.
    func environment(_ session: Session) throws(Failure) -> String {
        try known.environment(session)
    }
}

/// Why something is changed, and which version must be the current one.
struct FlagChangeOptions: ParsableArguments {
    /// Why, in the author's words.
    @Option(name: .flag("reason"), help: "Why; kept in the history.")
    var reason: String?
    /// The version expected.
    @Option(name: .flag("cas"), help: "Change only while this is the current version; 0: there is none yet.")
    var cas: Int?

    /// The body of a change.
    ///
    /// - Parameters:
    ///   - content: what is changed.
    ///   - version: the version expected when -cas names none; `nil` changes any.
    /// - Returns: the content with reason and check-and-set.
    func body(_ content: JSONObject = JSONObject(), expecting version: Int? = nil) -> JSON {
        var body = content
        if let cas = cas ?? version { body["options"] = ["cas": .integer(cas)] }
        if let reason { body["reason"] = .string(reason) }
        return .object(body)
    }

    /// Reason and check-and-set as a query, for deletions, which have no body.
    var query: [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        if let reason { query.append(("reason", reason)) }
        if let cas { query.append(("cas", String(cas))) }
        return query
    }
}

/// The rule for names of flags, environments and segments.
enum FlagNames {
    /// The longest name, in bytes.
    static let greatestLength = 128

    /// The rule in words, for errors.
    static let rule = "Names of flags and environments are 1 to 128 of the characters A-Z a-z 0-9 . _ : -"

    /// Whether a text can be a name.
    ///
    /// - Parameter name: the text.
    /// - Returns: whether it is 1 to 128 of the characters `A-Z a-z 0-9 . _ : -`.
    static func isValid(_ name: String) -> Bool {
        (1...greatestLength).contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte)
    }

    /// Whether a byte may stand in a name.
    ///
    /// - Parameter byte: the byte.
    /// - Returns: whether it is a letter, a digit, or one of `. _ : -`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
