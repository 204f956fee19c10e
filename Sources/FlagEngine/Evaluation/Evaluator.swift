import EngineKit
import Notation

/// One evaluation under way. The order of its steps is a promise: state, prerequisites, targets, rules, fallthrough.
struct Evaluator {
    let set: FlagSet
    let context: EvaluationContext
    let now: Timestamp
    let assignments: StoredAssignments?
    let trace: EvaluationTrace?
    private var dependence: Evaluation.Dependence = []
    // Checked when states are written; here they bound a set whose records were not.
    private var prerequisitesLeft = ModelLimits.prerequisiteEvaluations

    init(
        set: FlagSet, context: EvaluationContext, now: Timestamp, assignments: StoredAssignments?,
        trace: EvaluationTrace?
    ) {
        self.set = set
        self.context = context
        self.now = now
        self.assignments = assignments
        self.trace = trace
    }

    /// Evaluates the flag at a place of the set.
    ///
    /// - Parameter depth: How many flags wait for this one; it calls itself at most to the limit of that.
    mutating func evaluate(_ index: Int, depth: Int) -> Evaluation {
        let flag = set.flags[index]
        guard let state = flag.state else { return Evaluation(flag, .default) }
        trace?.note(flag.source, isOn: flag.source.state?.isOn ?? false)
        guard state.isInForce else { return off(flag, state) }
        let decided = decide(index, flag, state, depth: depth)
        guard state.isDark else { return decided }
        return result(
            flag, state.offVariation, .disabled, bucket: decided.bucket ?? -1, hidden: decided.variationIndex ?? -1)
    }

    // What targeting gives, whether it is served or only recorded.
    private mutating func decide(_ index: Int, _ flag: CompiledFlag, _ state: CompiledState, depth: Int) -> Evaluation {
        if state.hasPrerequisites, let unmet = unmetPrerequisite(of: index, flag, depth: depth) {
            return off(flag, state, prerequisite: unmet)
        }
        for targets in state.targets {
            let hit = targets.hit(in: context)
            trace?.note(targetsOf: targets.kind, isHit: hit != nil)
            if let hit { return result(flag, hit.variation, .targetingMatch, target: hit.target) }
        }
        var ruleIndex = 0
        for rule in state.rules {
            let isMatched = holds(rule)
            trace?.note(rule, index: ruleIndex, matched: isMatched)
            if isMatched { return serve(rule.serve, flag, state, .targetingMatch, rule: ruleIndex) }
            ruleIndex &+= 1
        }
        trace?.noteFallthrough()
        return serve(state.fallThrough, flag, state, state.fallthroughReason, rule: -1)
    }

    // The place of the first prerequisite that does not serve what it must.
    private mutating func unmetPrerequisite(of index: Int, _ flag: CompiledFlag, depth: Int) -> Int? {
        var place = 0
        for link in set.links(of: index) {
            var served: Evaluation?
            if link.flag >= 0, depth < ModelLimits.prerequisiteDepth, prerequisitesLeft > 0 {
                prerequisitesLeft &-= 1
                served = nested { evaluator in evaluator.evaluate(link.flag, depth: depth &+ 1) }
            }
            let isMet = served?.variationIndex == link.variation
            trace?.note(flag.source.state?.prerequisites[place], served: served?.variation, isMet: isMet)
            if !isMet { return place }
            place &+= 1
        }
        return nil
    }

    // Another flag's steps are not part of this one's trace.
    private mutating func nested(_ body: (inout Evaluator) -> Evaluation) -> Evaluation {
        guard trace != nil else { return body(&self) }
        var quiet = Evaluator(set: set, context: context, now: now, assignments: assignments, trace: nil)
        quiet.dependence = dependence
        quiet.prerequisitesLeft = prerequisitesLeft
        let evaluation = body(&quiet)
        dependence = quiet.dependence
        prerequisitesLeft = quiet.prerequisitesLeft
        return evaluation
    }

    private mutating func holds(_ rule: CompiledRule) -> Bool {
        for condition in rule.conditions where !holds(condition) { return false }
        return true
    }

    private mutating func holds(_ condition: CompiledCondition) -> Bool {
        let outcome: ConditionOutcome
        switch condition.subject {
        case .attribute(let path, let test):
            outcome = test.outcome(at: context.place(of: path), in: context, isNegated: condition.isNegated)
        case .time(let test):
            dependence.insert(.time)
            outcome = test.outcome(for: now, isNegated: condition.isNegated)
        case .missingSegment: outcome = .missing
        case .segment(let segment): return holds(condition, segment)
        }
        trace?.note(condition, outcome)
        return outcome == .holds
    }

    private mutating func holds(_ condition: CompiledCondition, _ segment: CompiledSegment) -> Bool {
        let start = trace?.conditionCount ?? 0
        let membership = segment.listing(of: context) ?? segment.membership { holds($0) }
        let outcome = ConditionOutcome.of(membership.isMember, negated: condition.isNegated)
        trace?.note(condition, outcome, by: membership, conditionsFrom: start)
        return outcome == .holds
    }

    private mutating func serve(
        _ serve: CompiledServe, _ flag: CompiledFlag, _ state: CompiledState, _ reason: EvaluationReason, rule: Int
    ) -> Evaluation {
        switch serve {
        case .variation(let variation): return result(flag, variation, reason, rule: rule)
        case .split(let parts): return split(parts, flag, state, rule: rule)
        }
    }

    private mutating func split(
        _ parts: [CompiledServe.Part], _ flag: CompiledFlag, _ state: CompiledState, rule: Int
    ) -> Evaluation {
        dependence.insert(.split)
        let sticky = if let path = state.stickyBy { context.place(of: path) } else { context.targetingKey }
        // An empty text tells nobody from anybody; it would put them all into one bucket.
        guard let sticky, context.isScalar(at: sticky), !context.text(at: sticky).isEmpty else {
            trace?.note(splitBy: state.stickyBy ?? .targetingKey, bucket: nil, isStored: false)
            return Evaluation(
                flag, .error, errorCode: .targetingKeyMissing, rule: rule, dependence: dependence)
        }
        let salt = state.salt
        let bucket = state.hash.bucket(salt: salt.span, value: context.text(at: sticky))
        let stored = state.hasStickyAssignment ? storedVariation(parts, flag, sticky) : nil
        trace?.note(splitBy: state.stickyBy ?? .targetingKey, bucket: bucket, isStored: stored != nil)
        if let stored {
            dependence.insert(.storedAssignment)
            return result(flag, stored, .split, rule: rule, bucket: bucket)
        }
        var variation = -1
        for part in parts where bucket < part.end {
            variation = part.variation
            break
        }
        return result(flag, variation, .split, rule: rule, bucket: bucket, stores: state.hasStickyAssignment)
    }

    // An assignment counts as long as its variation is still part of the split.
    private func storedVariation(
        _ parts: [CompiledServe.Part], _ flag: CompiledFlag, _ sticky: EvaluationContext.Place
    ) -> Int? {
        guard let assignments, let value = String(utf8: context.text(at: sticky)),
            let name = assignments(flag.key, value),
            let variation = flag.source.definition.index(ofVariation: name),
            parts.contains(where: { $0.variation == variation })
        else { return nil }
        return variation
    }

    private func off(_ flag: CompiledFlag, _ state: CompiledState, prerequisite: Int = -1) -> Evaluation {
        result(flag, state.offVariation, .disabled, prerequisite: prerequisite)
    }

    private func result(
        _ flag: CompiledFlag, _ variation: Int, _ reason: EvaluationReason, rule: Int = -1, target: Int = -1,
        bucket: Int = -1, prerequisite: Int = -1, hidden: Int = -1, stores: Bool = false
    ) -> Evaluation {
        guard variation >= 0 else { return Evaluation(flag, .error, errorCode: .general, dependence: dependence) }
        return Evaluation(
            flag, variation: variation, reason, rule: rule, target: target, bucket: bucket,
            prerequisite: prerequisite, hidden: hidden, dependence: dependence, shouldStoreAssignment: stores)
    }
}
