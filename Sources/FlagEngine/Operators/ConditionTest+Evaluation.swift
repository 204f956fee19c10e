import Notation

extension ConditionTest {
    /// Puts the test to an attribute.
    ///
    /// - Parameters:
    ///   - place: Where the attribute stands in the context, or `nil` when it is not there.
    ///   - context: The context.
    ///   - isNegated: Whether the outcome is turned round.
    func outcome(at place: EvaluationContext.Place?, in context: EvaluationContext, isNegated: Bool)
        -> ConditionOutcome
    {
        if case .exists = self { return .of(place != nil, negated: isNegated) }
        guard let place else { return .missing }
        guard context.kind(at: place) == .array else {
            guard let holds = holds(at: place, in: context) else { return .unusable }
            return .of(holds, negated: isNegated)
        }
        return outcome(forElementsAt: place, in: context, isNegated: isNegated)
    }

    /// Puts the test to an instant, which only the tests for instants can use.
    func outcome(for instant: Timestamp, isNegated: Bool) -> ConditionOutcome {
        switch self {
        case .exists: .of(true, negated: isNegated)
        case .before(let limit): .of(instant < limit, negated: isNegated)
        case .after(let limit): .of(instant > limit, negated: isNegated)
        default: .unusable
        }
    }

    /// The instant from which on the outcome can be another, when the attribute is the time.
    var boundary: Timestamp? {
        switch self {
        // At the boundary itself `before` no longer holds; `after` begins to hold the nanosecond after it.
        case .before(let limit): limit
        case .after(let limit): limit.adding(GoDuration(nanoseconds: 1))
        default: nil
        }
    }

    // An empty array can be used: nothing in it holds. One of which no element can be used cannot be.
    private func outcome(
        forElementsAt place: EvaluationContext.Place, in context: EvaluationContext, isNegated: Bool
    ) -> ConditionOutcome {
        var isUsable = true
        var element = context.firstChild(of: place)
        if element != nil { isUsable = false }
        while let current = element {
            if let holds = holds(at: current, in: context) {
                if holds { return .of(true, negated: isNegated) }
                isUsable = true
            }
            element = context.sibling(after: current, in: place)
        }
        return isUsable ? .of(false, negated: isNegated) : .unusable
    }

    // `nil` when the operator cannot use what is there.
    private func holds(at place: EvaluationContext.Place, in context: EvaluationContext) -> Bool? {
        switch context.kind(at: place) {
        case .string: holds(forText: context.text(at: place))
        case .number: holds(forNumber: context.text(at: place), integer: context.integer(at: place))
        case .boolean:
            if case .isOneOf(let values) = self { values.contains(context.isTrue(at: place)) } else { nil }
        case .null, .array, .object: nil
        }
    }

    private func holds(forText text: Span<UInt8>) -> Bool? {
        switch self {
        case .isOneOf(let values): return values.contains(text: text)
        case .contains(let parts):
            for part in parts where part.isFound(in: text) { return true }
            return false
        case .startsWith(let parts):
            for part in parts where text.hasBytePrefix(part.span) { return true }
            return false
        case .endsWith(let parts):
            for part in parts where text.hasByteSuffix(part.span) { return true }
            return false
        case .before(let limit): return InstantText.instant(text: text).map { $0 < limit }
        case .after(let limit): return InstantText.instant(text: text).map { $0 > limit }
        case .version(let comparison, let values): return Self.holds(comparison, text, values)
        case .address(let ranges):
            guard let address = InternetAddress(text) else { return nil }
            return ranges.contains { $0.contains(address) }
        case .matches(let expressions):
            guard text.count <= RegularExpression.greatestSubject else { return nil }
            for expression in expressions where expression.matches(text) { return true }
            return false
        case .exists, .number, .never: return nil
        }
    }

    private func holds(forNumber text: Span<UInt8>, integer: Int64?) -> Bool? {
        switch self {
        case .isOneOf(let values): values.contains(number: text, integer: integer)
        case .number(let comparison, let value): comparison.holds(for: Self.order(text, integer, value))
        case .before(let limit): Self.instant(text, integer).map { $0 < limit }
        case .after(let limit): Self.instant(text, integer).map { $0 > limit }
        default: nil
        }
    }

    private static func order(_ text: Span<UInt8>, _ integer: Int64?, _ value: NumberValue) -> Int {
        if let integer, let other = value.integer { return integer < other ? -1 : integer > other ? 1 : 0 }
        return NumberText.compare(NumberText(text), NumberText(value.text.span))
    }

    private static func instant(_ text: Span<UInt8>, _ integer: Int64?) -> Timestamp? {
        if let integer { return Timestamp(seconds: integer) }
        return InstantText.instant(number: text)
    }

    private static func holds(_ comparison: Comparison, _ text: Span<UInt8>, _ values: [[UInt8]]) -> Bool? {
        guard let version = SemanticVersion(text) else { return nil }
        for value in values {
            guard let other = SemanticVersion(value.span) else { continue }
            if comparison.holds(for: SemanticVersion.compare(version, other)) { return true }
        }
        return false
    }
}
