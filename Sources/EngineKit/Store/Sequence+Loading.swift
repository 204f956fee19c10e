extension Sequence {
    /// Finds something out about each element. What is missing for all of them is loaded at once: an element whose
    /// records are not at hand does not keep the ones behind it from being asked.
    ///
    /// - Throws: what the body throws at once, except for `EngineError.notLoaded`, which is thrown at the end.
    package func mapLoading<Answer>(
        _ body: (Element) throws(EngineError) -> Answer
    ) throws(EngineError) -> [Answer] {
        var answers: [Answer] = []
        var isIncomplete = false
        for element in self {
            do throws(EngineError) {
                answers.append(try body(element))
            } catch .notLoaded {
                isIncomplete = true
            }
        }
        if isIncomplete { throw .notLoaded }
        return answers
    }
}
