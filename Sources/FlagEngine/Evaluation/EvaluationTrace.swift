import Notation

/// The steps of one evaluation in the order they were taken, for `explain`.
final class EvaluationTrace {
    private(set) var steps: [JSON] = []
    private var conditions: [JSON] = []

    /// The steps as JSON.
    var json: JSON { .array(steps) }

    /// Notes whether the flag is archived, killed or off.
    func note(_ source: FlagSource, isOn: Bool) {
        steps.append([
            "step": "state", "archived": .bool(source.isArchived), "killed": .bool(source.isKilled), "on": .bool(isOn),
        ])
    }

    /// Notes a prerequisite and what it served.
    func note(_ prerequisite: Prerequisite?, served: String?, isMet: Bool) {
        steps.append([
            "step": "prerequisite", "flag": .string(prerequisite?.flag ?? ""),
            "wanted": .string(prerequisite?.variation ?? ""), "served": served.map { .string($0) } ?? .null,
            "met": .bool(isMet),
        ])
    }

    /// Notes a look at the target lists of a kind.
    func note(targetsOf kind: String, isHit: Bool) {
        steps.append(["step": "targets", "kind": .string(kind), "matched": .bool(isHit)])
    }

    /// Notes a condition of the rule or segment that is being looked at.
    func note(_ condition: CompiledCondition, _ outcome: ConditionOutcome) {
        conditions.append(json(of: condition, outcome))
    }

    /// Notes a segment and what decided; conditions noted since `start` were the segment's.
    func note(
        _ condition: CompiledCondition, _ outcome: ConditionOutcome, by membership: CompiledSegment.Membership,
        conditionsFrom start: Int
    ) {
        let inner = Array(conditions[start...])
        conditions.removeSubrange(start...)
        guard var object = json(of: condition, outcome).objectValue else { return }
        object["by"] = .string(membership.rawValue)
        if !inner.isEmpty { object["conditions"] = .array(inner) }
        conditions.append(.object(object))
    }

    /// How many conditions are noted so far.
    var conditionCount: Int { conditions.count }

    /// Notes a rule whose conditions were noted before.
    func note(_ rule: CompiledRule, index: Int, matched: Bool) {
        steps.append([
            "step": "rule", "id": .string(rule.id), "index": .integer(index), "matched": .bool(matched),
            "conditions": .array(conditions),
        ])
        conditions = []
    }

    /// Notes that nothing before the fallthrough fitted.
    func noteFallthrough() { steps.append(["step": "fallthrough"]) }

    /// Notes a split.
    func note(splitBy path: AttributePath, bucket: Int?, isStored: Bool) {
        steps.append([
            "step": "split", "sticky_by": .string(path.text), "bucket": bucket.map { .integer($0) } ?? .null,
            "stored_assignment": .bool(isStored),
        ])
    }

    private func json(of condition: CompiledCondition, _ outcome: ConditionOutcome) -> JSON {
        let negate = JSON.bool(condition.isNegated)
        switch condition.source.subject {
        case .segment(let name):
            return ["segment": .string(name), "negate": negate, "outcome": .string(outcome.rawValue)]
        case .attribute(let path, let `operator`, _):
            return [
                "attribute": .string(path.text), "operator": .string(`operator`.rawValue), "negate": negate,
                "outcome": .string(outcome.rawValue),
            ]
        }
    }
}
