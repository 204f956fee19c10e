import EngineKit

/// One of the places where a key can have a value; later layers win over earlier ones.
package struct Layer: Hashable, Sendable {
    /// The kinds of layers in the order in which they win.
    package enum Kind: String, CaseIterable, Sendable, Comparable {
        case global, env, service
        case serviceEnvironment = "service_env"
        case instance

        /// How far below the top the kind is.
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        /// Whether a kind is overridden by another.
        package static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }
    }

    /// What kind it is.
    package let kind: Kind
    /// The path that names it, such as `service/checkout/env/prod`, as UTF-8.
    package let path: [UInt8]
    /// The service; empty where the layer is for all.
    package let service: String
    /// The environment; empty where the layer is for all.
    package let environment: String
    /// The instance; empty where the layer is for all.
    package let instance: String

    private init(_ kind: Kind, service: String = "", environment: String = "", instance: String = "") {
        self.kind = kind
        self.service = service
        self.environment = environment
        self.instance = instance
        let text =
            switch kind {
            case .global: "global"
            case .env: "env/\(environment)"
            case .service: "service/\(service)"
            case .serviceEnvironment: "service/\(service)/env/\(environment)"
            case .instance: "instance/\(service)/\(instance)"
            }
        path = Array(text.utf8)
    }

    /// The layer of everyone.
    package static let global = Layer(.global)

    /// The layer of an environment.
    package static func environment(_ name: String) -> Layer { Layer(.env, environment: name) }

    /// The layer of a service.
    package static func service(_ name: String) -> Layer { Layer(.service, service: name) }

    /// The layer of a service in an environment.
    package static func service(_ name: String, in environment: String) -> Layer {
        Layer(.serviceEnvironment, service: name, environment: environment)
    }

    /// The layer of one instance of a service.
    package static func instance(_ name: String, of service: String) -> Layer {
        Layer(.instance, service: service, instance: name)
    }

    /// Reads a layer from its path.
    ///
    /// - Returns: `nil` when the path names none.
    package init?(path: String) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let isNamed = parts.allSatisfy { DocumentName.isValid($0) }
        guard isNamed else { return nil }
        func word(_ index: Int, _ word: String) -> Bool { parts[index].utf8.elementsEqual(word.utf8) }
        switch parts.count {
        case 1 where word(0, "global"): self = .global
        case 2 where word(0, "env"): self = .environment(parts[1])
        case 2 where word(0, "service"): self = .service(parts[1])
        case 3 where word(0, "instance"): self = .instance(parts[2], of: parts[1])
        case 4 where word(0, "service") && word(2, "env"): self = .service(parts[1], in: parts[3])
        default: return nil
        }
    }

    /// The path as text.
    package var text: String { String(decoding: path, as: UTF8.self) }

    /// The record path of a key's value in the layer.
    package func place(of key: String) -> [UInt8] { path + [UInt8(ascii: "/")] + Array(key.utf8) }

    /// Whether two layers are the same.
    package static func == (left: Layer, right: Layer) -> Bool { left.path == right.path }

    /// Feeds what tells layers apart to a hasher.
    package func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

/// Who asks for configuration: a service, perhaps in an environment, perhaps one instance of it.
package struct Place: Hashable, Sendable {
    /// The service; empty to look at the layers above services only.
    package let service: String
    /// The environment; empty for none.
    package let environment: String
    /// The instance; empty for none.
    package let instance: String

    /// Names a place.
    package init(service: String, environment: String = "", instance: String = "") {
        self.service = service
        self.environment = environment
        self.instance = instance
    }

    /// The layers that the place sees, those that win last.
    package var layers: [Layer] {
        var layers = [Layer.global]
        if !environment.isEmpty { layers.append(.environment(environment)) }
        if !service.isEmpty {
            layers.append(.service(service))
            if !environment.isEmpty { layers.append(.service(service, in: environment)) }
            if !instance.isEmpty { layers.append(.instance(instance, of: service)) }
        }
        return layers
    }

    /// Whether the place sees a layer.
    package func sees(_ layer: Layer) -> Bool {
        let isService = layer.service.isEmpty || layer.service.utf8.elementsEqual(service.utf8)
        let isEnvironment = layer.environment.isEmpty || layer.environment.utf8.elementsEqual(environment.utf8)
        let isInstance = layer.instance.isEmpty || layer.instance.utf8.elementsEqual(instance.utf8)
        return isService && isEnvironment && isInstance
    }
}
