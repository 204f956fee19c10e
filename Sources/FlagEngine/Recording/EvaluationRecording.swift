import EngineKit
import Notation

/// What the evaluations of one request read of stored assignments, and what they leave behind.
struct EvaluationRecording {
    /// Earlier assignments, for the evaluator; `nil` where no flag keeps any.
    let assignments: StoredAssignments?
    private let reading: AssignmentReading?
    private let asked: EvaluationQuestion
    private let set: FlagSet
    private let recorder: EvaluationRecorder
    private let place: EvaluationRecorder.Place

    /// Prepares for a request's evaluations.
    init(_ asked: EvaluationQuestion, _ set: FlagSet, _ recorder: EvaluationRecorder) {
        self.asked = asked
        self.set = set
        self.recorder = recorder
        place = .init(realm: asked.request.mount.realm, environment: asked.environment)
        // What was assigned in the past is not known.
        let reading =
            set.hasStickyAssignments && asked.moment == nil
            ? AssignmentReading(asked.scope, set, recorder, at: place) : nil
        self.reading = reading
        assignments = reading.map { reading in { flag, value in reading.variation(of: flag, for: value) } }
    }

    /// Ends the request's evaluations: everything they needed was at hand, and what they leave is taken in once the
    /// answer stands.
    ///
    /// - Throws: `EngineError.notLoaded` when a stored assignment has to be loaded first.
    func finish(_ outcomes: [EvaluationOutcome]) throws(EngineError) {
        try reading?.finish()
        guard asked.isUse else { return }
        let targetingKey = asked.context.targetingKeyText
        asked.scope.transaction.afterwards { [self] in
            for outcome in outcomes {
                // A flag that is there but not for this caller is not unknown.
                if outcome.evaluation.flag == nil, set.flag(outcome.key) != nil { continue }
                recorder.note(
                    outcome.key, outcome.evaluation, served: outcome.servedIndex, at: place,
                    targetingKey: outcome.isWithheld ? nil : targetingKey, time: asked.request.now)
                reading?.keep(outcome.evaluation)
            }
        }
    }

    /// Takes note that the caller has what it would be told.
    func confirm(_ flags: @escaping () -> [CompiledFlag]) {
        asked.scope.transaction.afterwards { [self] in
            recorder.confirm(
                at: place, rights: asked.request.rights.fingerprint &+ (asked.seesPublicOnly ? 1 : 0),
                time: asked.request.now, flags)
        }
    }
}
