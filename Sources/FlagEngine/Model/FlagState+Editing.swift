package import EngineKit
package import Notation

extension FlagState {
    /// This state with a merge patch (RFC 7396) applied; the salt stays unless the patch names another.
    ///
    /// What is served is one value: a fallThrough in the patch takes the place of the whole one, so that a
    /// variation can be put where a split was.
    ///
    /// - Throws: ``ModelError`` when the result is no state of the flag.
    package func patched(with patch: JSON, definition: FlagDefinition) throws(ModelError) -> FlagState {
        var target = json
        if patch["fallthrough"] != nil { target = MergePatch.apply(["fallthrough": nil], to: target) }
        return try FlagState(
            json: MergePatch.apply(patch, to: target), definition: definition, salt: salt)
    }

    /// This state as it goes to another environment.
    ///
    /// - Parameter present: The state that is there; its salt stays, so that nobody changes sides only because of the
    ///   promotion. Without one this state's salt goes along.
    package func promoted(onto present: FlagState?) -> FlagState {
        var state = self
        if let present { state.salt = present.salt }
        return state
    }

    /// What differs between this state and a later one, for history, comparison and promotion.
    package func changes(to later: FlagState) -> [FieldChange] { FieldChange.between(json, later.json) }
}
