internal import ArgumentParser
internal import Notation

/// Which mount the configuration is in.
struct ConfigMount: ParsableArguments {
    /// The rule for keys and names, for errors.
    static let rule = "Keys and names are 1 to 128 of the characters A-Z a-z 0-9 . _ : -"

    /// The mount's path.
    @Option(name: .flag("mount"), help: "Path of the mount of configuration.")
    var mount = "config"

    /// A path in the mount.
    ///
    /// - Parameters:
    ///   - part: the first part of the path, for example `keys`.
    ///   - names: keys and names that follow it.
    /// - Returns: the path below `/v1/`.
    /// - Throws: ``Failure`` with status 1 for a name that cannot be one, which might lead somewhere else.
    func path(_ part: String, _ names: String...) throws(Failure) -> String {
        for name in names where !FlagNames.isValid(name) { throw .usage(Self.rule) }
        return ([VaultPath.trimmed(mount), part] + names).joined(separator: "/")
    }

    /// A path of something in a layer.
    ///
    /// - Parameters:
    ///   - part: the first part of the path, for example `data`.
    ///   - layer: the layer.
    ///   - key: the key; `nil` for the layer itself.
    /// - Returns: the path below `/v1/`.
    /// - Throws: ``Failure`` with status 1 for a key that cannot be one.
    func path(_ part: String, in layer: ConfigLayer, _ key: String? = nil) throws(Failure) -> String {
        let folder = "\(VaultPath.trimmed(mount))/\(part)/\(layer.path)"
        guard let key else { return folder }
        guard FlagNames.isValid(key) else { throw .usage(Self.rule) }
        return "\(folder)/\(key)"
    }
}

/// The layer of a command: a word, or what options say.
struct ConfigLayerOptions: ParsableArguments {
    /// The mount.
    @OptionGroup var mount: ConfigMount
    @Option(name: .flag("env"), help: "Environment of the layer. [PULSEVAULT_ENVIRONMENT, where no layer is named]")
    private var env: String?
    @Option(name: .flag("service"), help: "Service of the layer.") private var service: String?
    @Option(name: .flag("instance"), help: "Instance of the service.") private var instance: String?

    /// The layer: the one named, else what options and the variable for the environment come to.
    ///
    /// - Parameters:
    ///   - word: the layer as a word; `nil` when none was given.
    ///   - session: the session.
    /// - Returns: the layer.
    /// - Throws: ``Failure`` with status 1 when there is none, or two.
    func layer(_ word: String?, _ session: Session) throws(Failure) -> ConfigLayer {
        if let word {
            guard env == nil, service == nil, instance == nil else {
                throw .usage("Name the layer as a word or by -env, -service and -instance, not both")
            }
            return try .parse(word)
        }
        // The variable is for the place one works in; an instance has no environment as a layer.
        let known = instance == nil ? session.surroundings.environment["ENVIRONMENT"] : nil
        let layer = try ConfigLayer.joining(environment: env ?? known, service: service, instance: instance)
        guard let layer else {
            throw .usage("Say which layer: \(ConfigLayer.forms); or -env, -service and -instance")
        }
        return layer
    }
}

/// A key in a layer, named by one word or two.
struct ConfigEntryPlace: ParsableArguments {
    @OptionGroup private var options: ConfigLayerOptions

    /// The mount.
    var mount: ConfigMount { options.mount }

    /// Takes the layer, if it is there, and the key from words.
    ///
    /// - Parameters:
    ///   - words: `[LAYER] KEY` and what follows.
    ///   - more: the names of the words that follow the key.
    ///   - session: the session.
    /// - Returns: the layer, the key and the words that follow.
    /// - Throws: ``Failure`` with status 1 for too few or too many words, or no layer.
    func entry(
        _ words: [String], then more: String..., in session: Session
    ) throws(Failure) -> (layer: ConfigLayer, key: String, rest: [String]) {
        let count = 1 + more.count
        guard words.count == count || words.count == count + 1 else {
            throw .usage("Expected " + (["[LAYER]", "KEY"] + more).joined(separator: " "))
        }
        let hasLayer = words.count == count + 1
        let layer = try options.layer(hasLayer ? words[0] : nil, session)
        let rest = words.dropFirst(hasLayer ? 1 : 0)
        guard let key = rest.first, FlagNames.isValid(key) else { throw .usage(ConfigMount.rule) }
        return (layer, key, Array(rest.dropFirst()))
    }
}

/// Who is asked for: a service, perhaps in an environment, perhaps one instance of it.
struct ConfigServicePlace: ParsableArguments {
    /// The mount.
    @OptionGroup var mount: ConfigMount
    @Option(name: .flag("env"), help: "Environment. [PULSEVAULT_ENVIRONMENT]") private var env: String?
    @Option(name: .flag("instance"), help: "Instance of the service. [PULSEVAULT_INSTANCE]")
    private var instance: String?

    /// The place as a query.
    ///
    /// - Parameter session: the session.
    /// - Returns: environment and instance, as far as they are known.
    func query(_ session: Session) -> [(name: String, value: String)] {
        let known = session.surroundings.environment
        let parts = [("env", env ?? known["ENVIRONMENT"]), ("instance", instance(session))]
        return parts.compactMap { name, value in value.map { (name, $0) } }
    }

    /// The instance: the one named, else the variable's.
    ///
    /// - Parameter session: the session.
    /// - Returns: its name; `nil` when none was given.
    func instance(_ session: Session) -> String? {
        instance ?? session.surroundings.environment["INSTANCE"]
    }

    /// The service: the one named, else the variable's.
    ///
    /// - Parameters:
    ///   - word: the service, when it was named.
    ///   - session: the session.
    /// - Returns: the service's name.
    /// - Throws: ``Failure`` with status 1 when there is none.
    func service(_ word: String?, _ session: Session) throws(Failure) -> String {
        guard let service = word ?? session.surroundings.environment["SERVICE"] else {
            throw .usage("Say which service, or set PULSEVAULT_SERVICE")
        }
        return service
    }
}
