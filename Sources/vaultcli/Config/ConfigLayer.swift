internal import Notation

/// A layer of configuration as the command line writes it.
struct ConfigLayer: Sendable {
    /// The spellings, for helps and errors.
    static let forms =
        "global, env/ENV, service/SERVICE, service/SERVICE/env/ENV or instance/SERVICE/ID"

    /// The layer's path, for example `service/checkout/env/prod`.
    let path: String

    /// Reads a layer.
    ///
    /// - Parameter text: one of ``forms``; slashes around it do not matter.
    init?(_ text: String) {
        let path = VaultPath.trimmed(text)
        let parts: [String] = path.bytesSplit(on: UInt8(ascii: "/"))
        func word(_ index: Int, _ word: String) -> Bool { parts[index].bytesEqual(to: word) }
        let isLayer =
            switch parts.count {
            case 1: word(0, "global")
            case 2: (word(0, "env") || word(0, "service")) && FlagNames.isValid(parts[1])
            case 3: word(0, "instance") && parts.dropFirst().allSatisfy(FlagNames.isValid)
            case 4: word(0, "service") && word(2, "env") && FlagNames.isValid(parts[1]) && FlagNames.isValid(parts[3])
            default: false
            }
        guard isLayer else { return nil }
        self.path = path
    }

    /// Reads a layer, or says what layers look like.
    ///
    /// - Parameter text: one of ``forms``.
    /// - Returns: the layer.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func parse(_ text: String) throws(Failure) -> ConfigLayer {
        guard let layer = ConfigLayer(text) else { throw .usage("A layer is \(forms)") }
        return layer
    }

    /// Puts a layer together from its parts.
    ///
    /// - Parameters:
    ///   - environment: the environment, if any.
    ///   - service: the service, if any.
    ///   - instance: the instance, which needs a service and stands outside of environments.
    /// - Returns: the layer; `nil` when all parts are missing.
    /// - Throws: ``Failure`` with status 1 for parts that make no layer.
    static func joining(
        environment: String?, service: String?, instance: String?
    ) throws(Failure) -> ConfigLayer? {
        switch (environment, service, instance) {
        case (nil, nil, nil): return nil
        case (let environment?, nil, nil): return try parse("env/\(environment)")
        case (nil, let service?, nil): return try parse("service/\(service)")
        case (let environment?, let service?, nil): return try parse("service/\(service)/env/\(environment)")
        case (nil, let service?, let instance?): return try parse("instance/\(service)/\(instance)")
        case (_, nil, .some): throw .usage("-instance needs -service: an instance is one of a service")
        case (.some, .some, .some):
            throw .usage("An instance is a layer outside of environments; leave -env or -instance out")
        }
    }
}
