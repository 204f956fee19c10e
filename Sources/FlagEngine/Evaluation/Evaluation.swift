package import Notation

/// What came of evaluating a flag. It refers to the compiled flag instead of copying names and values.
package struct Evaluation: Sendable {
    /// What an individual evaluation depended on, beside the flag set.
    package struct Dependence: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// A split was decided by a bucket.
        package static let split = Dependence(rawValue: 1)
        /// A condition on the time was looked at.
        package static let time = Dependence(rawValue: 2)
        /// A stored assignment was given instead of the bucket's variation.
        package static let storedAssignment = Dependence(rawValue: 4)
    }

    /// The flag; `nil` when there is none of that key.
    package let flag: CompiledFlag?
    /// Why.
    package let reason: EvaluationReason
    /// Why there is no value, with the reason ``EvaluationReason/error``.
    package let errorCode: EvaluationErrorCode?
    /// What the outcome depended on, prerequisites included.
    package let dependence: Dependence
    /// Whether the caller should store the variation for this flag and sticky value.
    package let shouldStoreAssignment: Bool
    // Places of 32 bits, -1 for none: five optional integers would make the result three times as large.
    private let places:
        (
            variation: Int32, rule: Int32, target: Int32, bucket: Int32, prerequisite: Int32, hidden: Int32
        )
    /// The steps in order, when they were asked for.
    package internal(set) var trace: JSON?

    /// The place of the variation among the definition's; `nil` when the caller's own default is to be used.
    package var variationIndex: Int? { Self.place(places.variation) }
    /// The place of the rule that decided.
    package var ruleIndex: Int? { Self.place(places.rule) }
    /// The place of the target list that decided.
    package var targetIndex: Int? { Self.place(places.target) }
    /// The bucket, 0 to 99,999, when a split was looked at.
    package var bucket: Int? { Self.place(places.bucket) }
    /// The place of the first prerequisite that was not met.
    package var prerequisiteIndex: Int? { Self.place(places.prerequisite) }

    /// The variation's name.
    package var variation: String? { chosen?.name }

    /// The name of the variation that a dark flag would have given; `nil` for flags that are not dark.
    package var hiddenVariation: String? {
        guard let index = Self.place(places.hidden), let flag, flag.variations.indices.contains(index) else {
            return nil
        }
        return flag.variations[index].name
    }

    /// The value, written as the flag's type has it; `nil` when the caller's own default is to be used.
    package var value: JSON? { chosen?.value }

    /// The boolean value of a boolean flag.
    package var boolValue: Bool? { chosen?.value.boolValue }

    /// The id of the rule that decided.
    package var ruleID: String? {
        guard let ruleIndex, let rules = flag?.state?.rules, rules.indices.contains(ruleIndex) else { return nil }
        return rules[ruleIndex].id
    }

    /// The key of the first prerequisite that was not met.
    package var failedPrerequisite: String? {
        guard let prerequisiteIndex, let all = flag?.source.state?.prerequisites,
            all.indices.contains(prerequisiteIndex)
        else { return nil }
        return all[prerequisiteIndex].flag
    }

    private var chosen: Variation? {
        guard let variationIndex, let flag, flag.variations.indices.contains(variationIndex) else { return nil }
        return flag.variations[variationIndex]
    }

    /// Makes a result; a place of -1 stands for none.
    init(
        _ flag: CompiledFlag?, variation: Int = -1, _ reason: EvaluationReason,
        errorCode: EvaluationErrorCode? = nil, rule: Int = -1, target: Int = -1, bucket: Int = -1,
        prerequisite: Int = -1, hidden: Int = -1, dependence: Dependence = [], shouldStoreAssignment: Bool = false
    ) {
        self.flag = flag
        self.reason = reason
        self.errorCode = errorCode
        self.dependence = dependence
        self.shouldStoreAssignment = shouldStoreAssignment
        // Variations, rules, targets and prerequisites are counted in hundreds, buckets to 100,000.
        places = (
            Int32(truncatingIfNeeded: variation), Int32(truncatingIfNeeded: rule), Int32(truncatingIfNeeded: target),
            Int32(truncatingIfNeeded: bucket), Int32(truncatingIfNeeded: prerequisite),
            Int32(truncatingIfNeeded: hidden)
        )
    }

    private static func place(_ value: Int32) -> Int? { value < 0 ? nil : Int(value) }

    /// The evaluation of a key that no flag has.
    package static let flagNotFound = Evaluation(nil, .error, errorCode: .flagNotFound)
}
