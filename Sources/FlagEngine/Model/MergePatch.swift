package import Notation

/// JSON merge patch (RFC 7396): members of the patch replace those of the target, `null` removes them, and objects are
/// merged member by member.
package enum MergePatch {
    /// The target with a patch applied. Values keep the text they were written with, members their order.
    ///
    /// It calls itself once per level of the patch, which the parser has limited to `JSONLimits.greatestDepth`.
    package static func apply(_ patch: JSON, to target: JSON?) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var result = target?.objectValue ?? JSONObject()
        for change in changes.members {
            if case .null = change.value {
                result[change.name] = nil
            } else {
                result[change.name] = apply(change.value, to: result[change.name])
            }
        }
        return .object(result)
    }
}
