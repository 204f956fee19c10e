/// An answer together with what makes it true, which has not happened yet.
///
/// The pipeline records the answer first and acts then. So what cannot be repeated or taken back, such as replacing key
/// shares that only the answer carries, does not happen when nobody can be told of it.
package struct StagedAnswer: Sendable {
    /// What makes the answer true. It may find that it has been overtaken, and throw; nothing has happened then.
    package typealias Act = @Sendable () async throws(EngineError) -> Void

    /// What the caller hears once the act has been carried out.
    package let response: EngineResponse
    /// What to do once the answer is recorded; `nil` when there is nothing left to do.
    package let act: Act?

    /// Makes an answer.
    package init(_ response: EngineResponse, act: Act? = nil) {
        self.response = response
        self.act = act
    }
}
