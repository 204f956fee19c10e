package import EngineKit
package import Notation

/// A place where flags have their own states, for example `prod`.
package struct FlagEnvironment: Sendable {
    /// What happens in an environment.
    package enum Purpose: String, CaseIterable, Sendable {
        case development, test, staging, production
    }

    /// What happens there.
    package var type: Purpose
    /// Its place among the environments; a promotion goes from a lower to a higher one.
    package var order: Int
    /// Whether a change there needs more than the ordinary capability.
    package var isProtected: Bool

    /// Makes an environment.
    package init(type: Purpose, order: Int = 0, isProtected: Bool = false) {
        self.type = type
        self.order = order
        self.isProtected = isProtected
    }

    /// Reads an environment.
    ///
    /// - Parameters:
    ///   - json: The document; only `type` is required.
    ///   - path: Where it stands in a larger one.
    /// - Throws: ``ModelError`` with the first field that is wrong.
    package init(json: JSON, path: String = "") throws(ModelError) {
        let object = try ModelObject(json, path: path, allowing: ["type", "order", "protected"])
        type = try object.required("type").word()
        order = try object["order"]?.integer(in: 0...10_000) ?? 0
        isProtected = try object.bool("protected", default: false)
    }

    /// The document, with all members.
    package var json: JSON {
        ["type": .string(type.rawValue), "order": .integer(order), "protected": .bool(isProtected)]
    }
}
