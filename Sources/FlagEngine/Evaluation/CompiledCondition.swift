import EngineKit
import Notation

/// A condition ready to be evaluated.
final class CompiledCondition: Sendable {
    /// What is looked at.
    enum Subject: Sendable {
        case attribute(AttributePath, ConditionTest)
        case time(ConditionTest)
        case segment(CompiledSegment)
        /// A segment that is not there: neither the condition nor its negation holds.
        case missingSegment
    }

    let subject: Subject
    let isNegated: Bool
    /// What the condition says, for traces.
    let source: Condition

    /// Compiles a condition.
    ///
    /// - Parameters:
    ///   - condition: What was written and checked.
    ///   - segment: Finds a segment by name.
    init(_ condition: Condition, segment: (String) -> CompiledSegment?) {
        source = condition
        isNegated = condition.isNegated
        switch condition.subject {
        case .segment(let name): subject = segment(name).map(Subject.segment) ?? .missingSegment
        case .attribute(let path, let `operator`, let values):
            let fields = values.map { ModelField(json: $0, path: "") }
            // What was written was checked; a record that no longer reads leaves a condition that never holds.
            let test = (try? ConditionTest(`operator`, values: ConditionValues(fields: fields, path: ""))) ?? .never
            subject = path.isTime ? .time(test) : .attribute(path, test)
        }
    }

    /// The instant at which the outcome can change by itself.
    var boundary: Timestamp? { if case .time(let test) = subject { test.boundary } else { nil } }

    /// The segment it asks for.
    var segment: CompiledSegment? { if case .segment(let segment) = subject { segment } else { nil } }
}
