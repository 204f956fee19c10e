/// JSON merge patch (RFC 7396): members of the patch replace those of the target, `null` removes them, and objects are
/// merged member by member.
package enum MergePatch {
    /// The target with a patch applied. Values keep the text they were written with, members their order.
    ///
    /// It calls itself once per level of the patch, which the parser has limited to `JSONLimits.greatestDepth`.
    package static func apply(_ patch: JSON, to target: JSON?) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        return .object(apply(changes, to: target?.objectValue ?? JSONObject()))
    }

    /// The target object with a patch applied.
    package static func apply(_ changes: JSONObject, to target: JSONObject) -> JSONObject {
        var members: [JSONObject.Member?] = target.members
        let places = target.indexByName
        for change in changes.members {
            let place = places[Array(change.name.utf8)]
            if case .null = change.value {
                if let place { members[place] = nil }
                continue
            }
            let value = apply(change.value, to: place.flatMap { target.members[$0].value })
            let member = JSONObject.Member(name: change.name, value: value)
            if let place { members[place] = member } else { members.append(member) }
        }
        return JSONObject(members.compactMap { $0 })
    }
}

extension JSONObject {
    /// Where each member stands, by the bytes of its name; for objects too large to search name by name.
    package var indexByName: [[UInt8]: Int] {
        var places: [[UInt8]: Int] = [:]
        places.reserveCapacity(members.count)
        for (index, member) in members.enumerated() { places[Array(member.name.utf8)] = index }
        return places
    }
}
