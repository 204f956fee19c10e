import EngineKit
import Notation

/// What a ceremony answers to a share: its fields, and what is to come true once they are recorded.
struct CeremonyAnswer: Sendable {
    private let fields: JSONObject
    private let act: StagedAnswer.Act?

    /// Makes an answer.
    ///
    /// - Parameter act: a step of its own, since other steps may come before the answer is recorded; `nil` when the
    ///   answer changes nothing.
    init(_ fields: JSONObject, act: StagedAnswer.Act? = nil) {
        self.fields = fields
        self.act = act
    }

    /// The answer in the form of a path.
    func rendered(_ render: (JSONObject) -> EngineResponse) -> StagedAnswer {
        StagedAnswer(render(fields), act: act)
    }
}
