internal import Notation

/// JSON merge patch (RFC 7396).
enum MergePatch {
    /// Changes an object: null removes, objects are merged, anything else replaces.
    ///
    /// Both trees come from a parser that bounds their depth, so the recursion is bounded too.
    ///
    /// - Parameters:
    ///   - change: what to change.
    ///   - object: the object before.
    /// - Returns: the object after.
    static func apply(_ change: JSONObject, to object: JSONObject) -> JSONObject {
        var result = object
        for member in change.members {
            switch member.value {
            case .null: result[member.name] = nil
            case .object(let inner):
                let old = result[member.name]?.objectValue ?? JSONObject()
                result[member.name] = .object(apply(inner, to: old))
            default: result[member.name] = member.value
            }
        }
        return result
    }
}
