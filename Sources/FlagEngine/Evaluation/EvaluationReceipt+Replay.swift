package import EngineKit
package import Notation

/// What came of repeating an evaluation.
package struct EvaluationReplay: Sendable {
    /// What is different, from the receipt to the repetition; the revision does not count.
    package let differences: [FieldChange]

    /// Whether everything is the same: the context, the versions and the outcome.
    package var isSame: Bool { differences.isEmpty }

    /// Whether another context was given than the one that was evaluated.
    package var hasOtherContext: Bool { differs("context") }

    /// Whether the variation, or that there is none, is different.
    package var hasOtherVariation: Bool { differs("variation") }

    /// The answer: whether it is the same and, if not, what differs.
    package var json: JSON {
        ["same": .bool(isSame), "differences": .array(differences.map(\.json))]
    }

    private func differs(_ path: String) -> Bool { differences.contains { $0.path.bytesEqual(to: path) } }
}

extension EvaluationReceipt {
    /// Repeats the evaluation at its own time and compares.
    ///
    /// - Parameters:
    ///   - set: The flag set of the receipt's revision, or another one to see what it would have given.
    ///   - context: The context that is said to have been evaluated.
    ///   - assignments: Stored assignments as they were, when the flag has them.
    package func replay(
        in set: FlagSet, context: EvaluationContext, assignments: StoredAssignments? = nil
    ) -> EvaluationReplay {
        let evaluation = set.evaluate(flag, context: context, now: time, assignments: assignments)
        guard let again = EvaluationReceipt(evaluation, in: set, context: context, now: time) else {
            return EvaluationReplay(differences: [FieldChange(path: "flag", from: .string(flag), to: nil)])
        }
        let differences = FieldChange.between(json, again.json).filter { !$0.path.bytesEqual(to: "revision") }
        return EvaluationReplay(differences: differences)
    }
}
