package import EngineKit
import Notation

/// Where a key is locked: no layer below has a value of its own.
package enum KeyLock: Sendable {
    /// At a kind of layer, wherever there is one.
    case kind(Layer.Kind)
    /// At one layer.
    case layer(Layer)

    /// Reads a kind, such as `env`, or a layer, such as `env/prod`.
    ///
    /// - Throws: ``ModelError`` with the member and what it must be.
    package init(_ field: ModelField) throws(ModelError) {
        let text = try field.text(limit: 512)
        if let kind = Layer.Kind.allCases.first(where: { $0.rawValue.bytesEqual(to: text) }) {
            self = .kind(kind)
        } else if let layer = Layer(path: text) {
            self = .layer(layer)
        } else {
            let kinds = Layer.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw field.failure("must be one of \(kinds), or a layer such as env/prod")
        }
    }

    /// What the definition says.
    package var text: String {
        switch self {
        case .kind(let kind): kind.rawValue
        case .layer(let layer): layer.text
        }
    }

    /// Whether a layer may have no value of its own: somebody sees both it and where the lock is, and it would win.
    package func covers(_ layer: Layer) -> Bool {
        switch self {
        case .kind(let kind): kind < layer.kind
        case .layer(let locked): locked.kind < layer.kind && locked.meets(layer)
        }
    }
}

extension Layer {
    /// Whether some place sees both layers.
    fileprivate func meets(_ other: Layer) -> Bool {
        func meet(_ left: String, _ right: String) -> Bool {
            left.utf8.isEmpty || right.utf8.isEmpty || left.bytesEqual(to: right)
        }
        return meet(service, other.service) && meet(environment, other.environment) && meet(instance, other.instance)
    }
}
