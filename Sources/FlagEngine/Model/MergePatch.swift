package import Notation

/// JSON merge patch (RFC 7396): members of the patch replace those of the target, `null` removes them, and objects are
/// merged member by member.
package enum MergePatch {
    /// The target with a patch applied. Values keep the text they were written with, members their order.
    ///
    /// It calls itself once per level of the patch, which the parser has limited to `JSONLimits.greatestDepth`.
    package static func apply(_ patch: JSON, to target: JSON?) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        let present = target?.objectValue?.members ?? []
        // A table, so that the time does not grow with the product of both lengths.
        let places = KeyTable(present.map(\.name))
        var members: [JSONObject.Member?] = present
        for change in changes.members {
            let place = places.index(of: change.name)
            if case .null = change.value {
                if let place { members[place] = nil }
                continue
            }
            let value = apply(change.value, to: place.map { present[$0].value })
            let member = JSONObject.Member(name: change.name, value: value)
            if let place { members[place] = member } else { members.append(member) }
        }
        return .object(JSONObject(members.compactMap { $0 }))
    }
}
