import EngineKit
package import Notation

/// Another flag that must serve a certain variation, or this one serves its off variation.
package struct Prerequisite: Sendable {
    /// The other flag's key.
    package var flag: String
    /// The variation it must serve.
    package var variation: String

    /// Makes a prerequisite.
    package init(flag: String, variation: String) {
        self.flag = flag
        self.variation = variation
    }

    init(_ field: ModelField) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["flag", "variation"])
        flag = try object.required("flag").name()
        variation = try object.required("variation").name()
    }

    /// The document.
    package var json: JSON { ["flag": .string(flag), "variation": .string(variation)] }
}
