import EngineKit
import Notation

/// The stored assignments as one request's evaluations see them.
final class AssignmentReading {
    private let scope: FlagScope
    private let set: FlagSet
    private let recorder: EvaluationRecorder
    private let place: EvaluationRecorder.Place
    private var values: [[UInt8]: String] = [:]
    private var failure: EngineError?

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - set: the flags that are evaluated.
    ///   - recorder: knows assignments that are not written yet.
    init(_ scope: FlagScope, _ set: FlagSet, _ recorder: EvaluationRecorder, at place: EvaluationRecorder.Place) {
        self.scope = scope
        self.set = set
        self.recorder = recorder
        self.place = place
    }

    /// The variation that is to stay with a sticky value; `nil` when none is.
    func variation(of flag: String, for value: String) -> String? {
        guard let compiled = set.flag(flag), let series = EvaluationRecorder.series(compiled, at: place) else {
            return nil
        }
        values[Array(flag.utf8)] = value
        if let kept = recorder.keptVariation(.init(series: series, key: value)) { return kept }
        do throws(EngineError) {
            let key = StoreKey(series.realm, FlagRecords.stickyAssignments, series.path(of: value.utf8))
            return try scope.transaction.get(key).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            // The evaluator goes on, so that what the other flags need is found missing in the same attempt.
            failure = failure ?? error
            return nil
        }
    }

    /// Ends the attempt when something was not at hand.
    func finish() throws(EngineError) { if let failure { throw failure } }

    /// Has the variation of an evaluation stay, if it should.
    func keep(_ evaluation: Evaluation) {
        guard evaluation.shouldStoreAssignment, let flag = evaluation.flag, let variation = evaluation.variation,
            let value = values[Array(flag.key.utf8)]
        else { return }
        recorder.keep(variation, of: flag, for: value, at: place)
    }
}
