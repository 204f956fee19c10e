/// How large the parts of a flag may be; every limit is checked when something is written.
package enum ModelLimits {
    /// Variations of one flag.
    package static let variations = 100
    /// Rules of one state.
    package static let rules = 200
    /// Conditions of one rule, and of one segment.
    package static let conditions = 50
    /// Values of one condition with `in`.
    package static let conditionValues = 10_000
    /// Values of one condition whose operator looks at each of them in turn.
    package static let comparedValues = 500
    /// Patterns of one condition with `matches`.
    package static let patterns = 20
    /// Individual targets (variation and kind) of one state.
    package static let targets = 200
    /// Keys of one individual target.
    package static let targetKeys = 10_000
    /// Keys of one list of a segment.
    package static let segmentKeys = 100_000
    /// Prerequisites of one state.
    package static let prerequisites = 20
    /// How many flags a chain of prerequisites may have below the first.
    package static let prerequisiteDepth = 16
    /// How many flags one evaluation may evaluate as prerequisites, those of prerequisites included.
    package static let prerequisiteEvaluations = 500
    /// Bytes of a flag's, environment's, segment's, variation's or rule's name.
    package static let nameBytes = 128
    /// Bytes of a targeting key.
    package static let keyBytes = 512
    /// Bytes of one text value of a condition.
    package static let conditionValueBytes = 1_024
    /// Bytes of an attribute's path.
    package static let attributeBytes = 256
    /// Names in an attribute's path.
    package static let attributeNames = 16
    /// Bytes of a description.
    package static let descriptionBytes = 4_096
    /// Bytes of an owner.
    package static let ownerBytes = 256
    /// Bytes of the link to a flag's documentation.
    package static let docsBytes = 2_048
    /// Tags of one flag.
    package static let tags = 50
    /// Bytes of one tag.
    package static let tagBytes = 64
    /// Bytes of a salt.
    package static let saltBytes = 64
    /// Bytes of a string variation's value.
    package static let stringValueBytes = 65_536
    /// Bytes of an object variation's value as JSON.
    package static let objectValueBytes = 262_144
    /// Open arrays and objects in an object variation's value.
    package static let objectValueDepth = 32
    /// Steps of one ramp.
    package static let rampSteps = 50
    /// Gates of one step of a ramp.
    package static let rampGates = 10
}
