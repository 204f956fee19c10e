import EngineKit
package import Notation

/// A flag of one environment ready to be evaluated.
package final class CompiledFlag: Sendable {
    /// What this was made from.
    package let source: FlagSource
    /// The state, when the flag has one in the environment.
    let state: CompiledState?
    /// The segments its rules ask for, each once, sorted by name.
    package let segments: [CompiledSegment]
    /// The instants at which the outcome can change by itself, prerequisites left aside, in order.
    package let timeBoundaries: [Timestamp]
    /// How often the flag was evaluated lately; evaluation itself does not count.
    let usage: UsageTally

    /// The flag's key.
    package var key: String { source.key }
    /// The variations in the definition's order.
    package var variations: [Variation] { source.definition.variations }

    /// Compiles a flag.
    ///
    /// - Parameters:
    ///   - source: What the flag is and how it behaves.
    ///   - segment: Finds a compiled segment of the environment by name.
    package init(_ source: FlagSource, segment: (String) -> CompiledSegment?) {
        self.source = source
        usage = UsageTally(variations: source.definition.variations.count)
        state = source.state.map { CompiledState($0, source: source, segment: segment) }
        let conditions = state?.rules.flatMap(\.conditions) ?? []
        var unique: [CompiledSegment] = []
        for segment in conditions.compactMap(\.segment) where !unique.contains(where: { $0 === segment }) {
            unique.append(segment)
        }
        segments = unique.sorted { ByteOrder.precedes($0.source.name, $1.source.name) }
        timeBoundaries = (conditions.compactMap(\.boundary) + segments.flatMap(\.timeBoundaries)).sorted()
    }
}

/// A flag's state ready to be evaluated; a class, so that an evaluation counts one reference instead of ten.
final class CompiledState: Sendable {
    /// Whether targeting is in force: on, and neither killed nor archived.
    let isInForce: Bool
    /// Whether what targeting finds is only recorded, and the off variation served.
    let isDark: Bool
    let offVariation: Int
    let fallThrough: CompiledServe
    let targets: [CompiledTargets]
    let rules: [CompiledRule]
    let hasPrerequisites: Bool
    /// `nil` for the targeting key, which the context has found already.
    let stickyBy: AttributePath?
    let salt: [UInt8]
    let hash: BucketHash
    let hasStickyAssignment: Bool
    /// Why the fallthrough is given when it is one variation.
    let fallthroughReason: EvaluationReason
    /// What everyone gets and why, when nothing about the context or another flag can make a difference.
    let constant: (variation: Int, reason: EvaluationReason)?

    init(_ state: FlagState, source: FlagSource, segment: (String) -> CompiledSegment?) {
        let definition = source.definition
        isInForce = state.isOn && !source.isKilled && !source.isArchived
        isDark = state.isDark && isInForce
        offVariation = definition.index(ofVariation: state.offVariation) ?? -1
        fallThrough = CompiledServe(state.fallThrough, definition: definition)
        targets = CompiledTargets.groups(of: state.targets, definition: definition)
        rules = state.rules.map { CompiledRule($0, definition: definition, segment: segment) }
        hasPrerequisites = !state.prerequisites.isEmpty
        stickyBy = state.stickyBy.text.bytesEqual(to: AttributePath.targetingKey.text) ? nil : state.stickyBy
        salt = Array(state.salt.utf8)
        hash = state.hash
        hasStickyAssignment = state.hasStickyAssignment
        let isStatic = state.targets.isEmpty && state.rules.isEmpty
        fallthroughReason = isStatic ? .static : .default
        if !isInForce {
            constant = offVariation < 0 ? nil : (offVariation, .disabled)
        } else if case .variation(let variation) = fallThrough, variation >= 0, isStatic, !hasPrerequisites,
            !isDark
        {
            constant = (variation, .static)
        } else {
            constant = nil
        }
    }
}

/// A rule ready to be evaluated.
final class CompiledRule: Sendable {
    let id: String
    let conditions: [CompiledCondition]
    let serve: CompiledServe

    init(_ rule: Rule, definition: FlagDefinition, segment: (String) -> CompiledSegment?) {
        id = rule.id
        conditions = rule.conditions.map { CompiledCondition($0, segment: segment) }
        serve = CompiledServe(rule.serve, definition: definition)
    }
}
