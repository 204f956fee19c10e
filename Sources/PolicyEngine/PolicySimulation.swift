package import Notation

/// A trial of policies on a request, with the reasons: which rules match, which one wins, and what it decides.
package struct PolicySimulation: Sendable {
    /// A rule that matches the path.
    package struct Candidate: Sendable {
        /// The pattern, templates resolved.
        package let pattern: String
        /// The policies with this pattern and the lines of their blocks.
        package let sources: [EffectiveRule.Source]
        /// The capabilities after merging.
        package let capabilities: Capabilities
        /// Whether this rule decides.
        package let wins: Bool
    }

    /// A block that was left out.
    package struct Omission: Sendable {
        /// The policy's name.
        package let policy: String
        /// The pattern as written.
        package let pattern: String
        /// The block's line.
        package let line: Int
        /// Why it does not count.
        package let reason: String
    }

    /// What the request comes to.
    package let decision: Decision
    /// The matching rules, the winner first, then by falling priority.
    package let candidates: [Candidate]
    /// The blocks that do not count for this caller now.
    package let omissions: [Omission]

    /// Tries policies on a request.
    ///
    /// - Parameters:
    ///   - policies: the policies; `root` must be alone.
    ///   - path: the path as bytes, without `v1/`.
    ///   - operation: what is asked; the path of a listing gets its trailing `/` if it lacks one.
    ///   - identity: what templates may know of the caller.
    ///   - needsSudo: whether the path is root-protected.
    ///   - parameters: the request's input.
    ///   - now: the time of the request.
    /// - Throws: ``PolicyError`` when `root` comes with other policies.
    package static func explain(
        _ policies: [Policy], path: [UInt8], operation: AccessOperation, identity: TemplateContext? = nil,
        needsSudo: Bool = false, parameters: JSONObject = JSONObject(), now: Timestamp
    ) throws(PolicyError) -> PolicySimulation {
        let list = try AccessControlList(policies, identity: identity, now: now)
        var path = path
        if operation.isListing, path.last != PathPattern.slash { path.append(PathPattern.slash) }
        let request = AccessRequest(operation, path: path.span, needsSudo: needsSudo, now: now)
        let winner = list.isRoot ? nil : list.winner(path.span, listing: operation.isListing, now: now)
        return PolicySimulation(
            decision: list.decide(request) { parameters },
            candidates: candidates(list.rules, path, listing: operation.isListing, winner),
            omissions: policies.flatMap { omissions(of: $0, identity, now) })
    }

    private static func candidates(
        _ rules: [EffectiveRule], _ path: [UInt8], listing: Bool, _ winner: EffectiveRule?
    ) -> [Candidate] {
        var shorter = path
        if listing, shorter.last == PathPattern.slash { shorter.removeLast() }
        let matching = rules.filter { rule in
            rule === winner || rule.pattern.matches(path.span) || rule.pattern.matches(shorter.span)
        }
        let ordered = matching.sorted { left, right in
            if (left === winner) != (right === winner) { return left === winner }
            let isExact = (left.pattern.kind == .exact, right.pattern.kind == .exact)
            return isExact.0 == isExact.1 ? right.pattern.hasLowerPriority(than: left.pattern) : isExact.0
        }
        return ordered.map { rule in
            Candidate(
                pattern: rule.pattern.description, sources: rule.sources, capabilities: rule.capabilities,
                wins: rule === winner)
        }
    }

    private static func omissions(of policy: Policy, _ identity: TemplateContext?, _ now: Timestamp) -> [Omission] {
        policy.rules.compactMap { rule in
            let reason: String
            if let expiration = rule.expiration, now >= expiration {
                reason = "it has expired"
            } else if let text = rule.template.resolved(for: identity, options: policy.templateOptions) {
                guard PathPattern(text) == nil else { return nil }
                reason = "its template resolves to a forbidden pattern"
            } else {
                reason = "its template does not resolve for this caller"
            }
            return Omission(policy: policy.name, pattern: rule.template.text, line: rule.line, reason: reason)
        }
    }
}
