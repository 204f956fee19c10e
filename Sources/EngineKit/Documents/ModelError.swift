/// Why a document cannot be a definition, state, segment, environment or plan, and which field of it is at fault.
///
/// The problem tells the rule; it never repeats a submitted value.
package struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the field stands, for example `rules[0].if[1].values[2]`; empty for the document itself.
    package let path: String
    /// What the field should be, for example `must be a string`.
    package let problem: String

    /// Makes an error from the field's place and the rule it breaks.
    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    /// The path and the problem, for example `rules[0].id: must be a string`.
    package var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

extension EngineError {
    /// Does something with the model, and tells what is wrong with it as wrong input.
    package static func model<Value>(_ body: () throws(ModelError) -> Value) throws(EngineError) -> Value {
        do throws(ModelError) {
            return try body()
        } catch {
            throw .invalid(error.description)
        }
    }
}
