package import Notation

/// A segment ready to be evaluated, shared by all the flags that ask for it.
package final class CompiledSegment: Sendable {
    /// What decided about membership.
    enum Membership: String, Sendable {
        case excluded, included, conditions, none
        /// Whether it makes a member.
        var isMember: Bool { self == .included || self == .conditions }
    }

    /// What this was made from.
    package let source: SegmentSource
    private let include: KeyTable
    private let exclude: KeyTable
    let conditions: [CompiledCondition]
    private let match: Segment.Match
    /// The instants at which membership can change by itself, in order.
    package let timeBoundaries: [Timestamp]

    /// Compiles a segment.
    package init(_ source: SegmentSource) {
        self.source = source
        include = KeyTable(source.segment.include)
        exclude = KeyTable(source.segment.exclude)
        conditions = source.segment.conditions.map { CompiledCondition($0) { _ in nil } }
        match = source.segment.match
        timeBoundaries = conditions.compactMap(\.boundary).sorted()
    }

    /// Whether a context's targeting key is listed; `nil` when the conditions decide.
    func listing(of context: EvaluationContext) -> Membership? {
        guard let key = context.targetingKey, context.isScalar(at: key) else { return nil }
        if !exclude.isEmpty, exclude.index(of: context.text(at: key)) != nil { return .excluded }
        if !include.isEmpty, include.index(of: context.text(at: key)) != nil { return .included }
        return nil
    }

    /// Membership by conditions, given how to evaluate one. Without conditions nobody is a member.
    func membership(_ holds: (CompiledCondition) -> Bool) -> Membership {
        guard !conditions.isEmpty else { return .none }
        switch match {
        case .all:
            for condition in conditions where !holds(condition) { return .none }
            return .conditions
        case .any:
            for condition in conditions where holds(condition) { return .conditions }
            return .none
        }
    }
}
