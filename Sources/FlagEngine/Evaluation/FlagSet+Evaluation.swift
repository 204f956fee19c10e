package import Notation

/// Gives the name of the variation that was stored for a flag's key and a sticky value, when one was.
package typealias StoredAssignments = (_ flag: String, _ stickyValue: String) -> String?

extension FlagSet {
    /// Evaluates a flag.
    ///
    /// Nothing is allocated unless an explanation is asked for or the flag has sticky assignments.
    ///
    /// - Parameters:
    ///   - key: The flag's key.
    ///   - context: Whom it is evaluated for.
    ///   - now: The time; nothing here reads a clock.
    ///   - explain: Whether the result tells its steps.
    ///   - assignments: Earlier assignments, asked only for flags that keep them.
    package func evaluate(
        _ key: String, context: EvaluationContext, now: Timestamp, explain: Bool = false,
        assignments: StoredAssignments? = nil
    ) -> Evaluation {
        guard let index = index(of: key) else { return .flagNotFound }
        return evaluate(at: index, context: context, now: now, explain: explain, assignments: assignments)
    }

    /// Evaluates the flag at a place of ``flags``.
    package func evaluate(
        at index: Int, context: EvaluationContext, now: Timestamp, explain: Bool = false,
        assignments: StoredAssignments? = nil
    ) -> Evaluation {
        guard flags.indices.contains(index) else { return .flagNotFound }
        if !explain, let constant = flags[index].state?.constant {
            return Evaluation(flags[index], variation: constant.variation, constant.reason)
        }
        let trace = explain ? EvaluationTrace() : nil
        var evaluator = Evaluator(set: self, context: context, now: now, assignments: assignments, trace: trace)
        var evaluation = evaluator.evaluate(index, depth: 0)
        evaluation.trace = trace?.json
        return evaluation
    }
}
