import Notation

/// The shape of a value: its keys, with every value taken out.
enum SubkeyTree {
    /// The object with `null` for each leaf. Empty objects are leaves.
    ///
    /// It calls itself once per level of the value, which the parser has limited to `JSONLimits.greatestDepth`.
    ///
    /// - Parameter depth: how many levels of keys are shown; 0 for all. The keys of the object itself always are.
    static func keys(of object: JSONObject, depth: Int) -> JSONObject {
        JSONObject(
            object.members.map { member in
                guard depth == 0 || depth > 1, case .object(let child) = member.value, !child.members.isEmpty else {
                    return JSONObject.Member(name: member.name, value: .null)
                }
                let value = JSON.object(keys(of: child, depth: depth == 0 ? 0 : depth - 1))
                return JSONObject.Member(name: member.name, value: value)
            })
    }
}
