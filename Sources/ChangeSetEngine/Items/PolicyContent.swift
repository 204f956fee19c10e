import Notation

/// What a policy says once an item has written it: what the item leaves out stays as it is, where a plain write would
/// take it away.
struct PolicyContent {
    /// The members of the write.
    let members: JSONObject

    /// Puts an item's content over what is there.
    ///
    /// - Parameter present: what reads answer; `nil` when there is no such policy.
    init(_ content: JSONObject, over present: JSONObject?) {
        var members = content
        if members["cas_required"] == nil { members["cas_required"] = present?["cas_required"] }
        if members["ttl"] == nil, members["expiration"] == nil { members["expiration"] = present?["expiration"] }
        self.members = members
    }

    /// The members with the version that is replaced, where the policy asks for it.
    ///
    /// That the policy is the one that the change was made for was found out before.
    func request(replacing present: JSONObject?) -> JSONObject {
        guard members["cas"] == nil, members["cas_required"]?.boolValue ?? false else { return members }
        var members = members
        members["cas"] = present == nil ? 0 : present?["version"]
        return members
    }
}
