import EngineKit

/// Decides which policies a new token gets from what was asked, the role, and the parent.
struct TokenPolicyChoice {
    let draft: TokenDraft
    let role: TokenRole?
    let parent: TokenEntry
    let caller: Caller

    /// The policies, sorted.
    ///
    /// - Throws: `EngineError.invalid` when something was asked that the role or the parent does not allow.
    func policies() throws(EngineError) -> [String] {
        var policies = if let role { try chosen(by: role) } else { try inherited() }
        // Whoever does not want it does not get it from a role, a parent or a list either.
        if draft.hasNoDefaultPolicy { policies.removeAll { PolicyNames.same($0, "default") } }
        if PolicyNames.contains(policies, "root") {
            guard caller.isRoot else {
                throw .invalid("root tokens may not be created without parent token being root")
            }
            guard policies.count == 1 else { throw .invalid("root tokens may not have other policies") }
        }
        // Its holder may unwrap one answer, which only a token that comes with an answer can.
        if PolicyNames.contains(policies, TokenStore.wrappingPolicy) {
            throw .invalid("cannot assign policy \"\(TokenStore.wrappingPolicy)\"")
        }
        return policies
    }

    private func inherited() throws(EngineError) -> [String] {
        guard let asked = draft.policies else { return PolicyNames.canonical(parent.policies) }
        let mayTakeAny = caller.isRoot || caller.hasSudo
        let names = PolicyNames.canonical(asked)
        if !mayTakeAny, !names.allSatisfy({ PolicyNames.contains(parent.policies, $0) }) {
            throw .invalid("child policies must be subset of parent")
        }
        // A parent without `default` cannot hand it down unasked.
        let parentHasDefault = mayTakeAny || PolicyNames.contains(parent.policies, "default")
        return PolicyNames.canonical(names, addingDefault: !draft.hasNoDefaultPolicy && parentHasDefault)
    }

    private func chosen(by role: TokenRole) throws(EngineError) -> [String] {
        let rules = !role.allowedPolicies.isEmpty || !role.allowedPoliciesGlob.isEmpty
        let forbids = !role.disallowedPolicies.isEmpty || !role.disallowedPoliciesGlob.isEmpty
        // Without rules of its own a role hands down what the parent has, `default` included.
        let mayTakeDefault =
            rules || forbids || caller.isRoot || caller.hasSudo || PolicyNames.contains(parent.policies, "default")
        let addsDefault =
            mayTakeDefault && !draft.hasNoDefaultPolicy && !role.noDefaultPolicy
            && !PolicyNames.contains(role.disallowedPolicies, "default")
        let asked = draft.policies.map { PolicyNames.canonical($0) } ?? []
        var names = asked
        if rules {
            if asked.isEmpty { names = role.allowedPolicies }
            let allowed = { (name: String) in
                PolicyNames.contains(role.allowedPolicies, name) || (addsDefault && PolicyNames.same(name, "default"))
                    || role.allowedPoliciesGlob.contains { Self.glob($0, matches: name) }
            }
            guard names.allSatisfy(allowed) else {
                throw .invalid(
                    "token policies ([\(Self.quoted(names))]) must be subset of the role's allowed policies "
                        + "([\(Self.quoted(role.allowedPolicies))]) or glob policies "
                        + "([\(Self.quoted(role.allowedPoliciesGlob))])")
            }
        } else if asked.isEmpty {
            names = parent.policies.filter { !PolicyNames.contains(role.disallowedPolicies, $0) }
        } else if !forbids, !asked.allSatisfy({ PolicyNames.contains(parent.policies, $0) }), !caller.isRoot,
            !caller.hasSudo
        {
            throw .invalid("child policies must be subset of parent")
        }
        names = PolicyNames.canonical(names, addingDefault: addsDefault)
        for name in names
        where PolicyNames.contains(role.disallowedPolicies, name)
            || role.disallowedPoliciesGlob.contains(where: { Self.glob($0, matches: name) })
        {
            throw .invalid("token policy \"\(name)\" is disallowed by this role")
        }
        return names
    }

    private static func quoted(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: " ") }

    /// Whether a name matches a glob in which `*` stands for any bytes, at the front, at the end or both.
    private static func glob(_ glob: String, matches name: String) -> Bool {
        var pattern = glob.utf8[...]
        let bytes = Array(name.utf8)
        let star = UInt8(ascii: "*")
        let opensFront = pattern.first == star
        if opensFront { pattern = pattern.dropFirst() }
        let opensEnd = pattern.last == star
        if opensEnd { pattern = pattern.dropLast() }
        let core = Array(pattern)
        switch (opensFront, opensEnd) {
        case (false, false): return bytes == core
        case (false, true): return bytes.starts(with: core)
        case (true, false): return bytes.count >= core.count && bytes.suffix(core.count).elementsEqual(core)
        case (true, true):
            if core.isEmpty { return true }
            guard bytes.count >= core.count else { return false }
            return (0...(bytes.count - core.count)).contains { bytes[$0...].starts(with: core) }
        }
    }
}
