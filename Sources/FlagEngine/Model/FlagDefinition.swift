package import EngineKit
package import Notation

/// What a flag is, in every environment: its type, its variations and who answers for it.
package struct FlagDefinition: Sendable {
    /// What the values are; it never changes.
    package let type: FlagType
    /// The values by name, in the order they were written; at least one.
    package var variations: [Variation]
    /// What the flag is for, in words.
    package var description = ""
    /// Who answers for it.
    package var owner = ""
    /// Words to find it by.
    package var tags: [String] = []
    /// What kind of flag it is.
    package var kind: FlagKind
    /// When it should be gone.
    package var expires: Timestamp?
    /// Where its documentation is.
    package var docs = ""
    /// Whether browsers and apps may see its value.
    package var isClientVisible = false
    /// Whether evaluations are recorded as exposures.
    package var recordsExposures = false
    /// Whether a change needs more than the ordinary capability.
    package var isProtected = false

    /// Makes a definition.
    ///
    /// - Parameters:
    ///   - type: What the values are.
    ///   - variations: The values, which fit the type.
    ///   - kind: What kind of flag it is.
    package init(type: FlagType, variations: [Variation], kind: FlagKind = .release) {
        self.type = type
        self.variations = variations
        self.kind = kind
    }

    /// The place of the variation with a name, compared by bytes.
    package func index(ofVariation name: String) -> Int? {
        variations.firstIndex { $0.name.bytesEqual(to: name) }
    }

    /// The first variation whose value is `false`; a boolean flag that is off serves it unless told otherwise.
    package var firstFalseVariation: String? {
        variations.first { $0.value.boolValue == false }?.name
    }

    /// Checks that this definition may take the place of an earlier one.
    ///
    /// - Parameters:
    ///   - earlier: What the flag was.
    ///   - used: The names of variations that states, or prerequisites of other flags, use.
    /// - Throws: ``ModelError`` when the type changes or a variation in use is gone.
    package func check(replacing earlier: FlagDefinition, variationsInUse used: [String]) throws(ModelError) {
        guard type == earlier.type else {
            throw ModelError(path: "type", problem: "cannot change; it is \(earlier.type.rawValue)")
        }
        for name in used where index(ofVariation: name) == nil {
            throw ModelError(path: "variations.\(name)", problem: "is in use and cannot be removed")
        }
    }
}
