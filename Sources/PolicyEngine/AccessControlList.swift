package import Notation

/// The policies of one token, compiled to decide on requests.
///
/// The more specific rule replaces the broader one; only the winning rule's capabilities count. Immutable, so any
/// number of requests may ask at once.
package final class AccessControlList: Sendable {
    /// Whether the list is the `root` policy's, which allows everything.
    package let isRoot: Bool
    /// The first time at which a rule ends, after which a fresh list decides faster; `nil` when none ends.
    package let expiresAt: Timestamp?
    /// The rules after merging, each pattern once.
    package let rules: [EffectiveRule]

    /// A number that differs, within this process, when the rules do.
    package let fingerprint: UInt64
    /// Whether any rule withholds variations of feature flags.
    package let withholdsVariations: Bool

    private let table: RuleTable
    /// The deny rules in lower case, to be matched against lower-cased paths; `nil` when there are none.
    private let foldedDenials: FoldedDenials?
    private let policies: [Policy]
    private let identity: TemplateContext?
    private let foldsDenials: Bool

    /// Compiles policies.
    ///
    /// - Parameters:
    ///   - policies: the token's policies; `root` must be alone.
    ///   - identity: what templates may know of the caller; `nil` leaves templated rules out.
    ///   - now: the time, which ends rules with an expiration.
    ///   - foldsDenials: whether deny rules also match paths that differ only in ASCII case or in blanks around a
    ///     segment, as some backends take them for the same.
    /// - Throws: ``PolicyError`` when `root` comes with other policies.
    package convenience init(
        _ policies: [Policy], identity: TemplateContext?, now: Timestamp, foldsDenials: Bool = true
    ) throws(PolicyError) {
        guard policies.count == 1 || !policies.contains(where: \.isRoot) else {
            throw PolicyError(message: "other policies present along with root")
        }
        self.init(compiling: policies, identity, now, foldsDenials)
    }

    private init(compiling policies: [Policy], _ identity: TemplateContext?, _ now: Timestamp, _ foldsDenials: Bool) {
        var merging = RuleMerging()
        for policy in policies { merging.add(policy, identity: identity, now: now) }
        rules = merging.rules()
        expiresAt = merging.earliestExpiration
        fingerprint = Self.fingerprint(of: rules)
        withholdsVariations = rules.contains { !$0.conditions.deniedVariations.isEmpty }
        table = RuleTable(rules.map(\.pattern))
        foldedDenials = foldsDenials ? FoldedDenials(rules) : nil
        isRoot = policies.count == 1 && policies.contains(where: \.isRoot)
        self.policies = policies
        self.identity = identity
        self.foldsDenials = foldsDenials
    }

    private static func fingerprint(of rules: [EffectiveRule]) -> UInt64 {
        var hasher = Hasher()
        for rule in rules {
            hasher.combine(rule.pattern.text)
            hasher.combine(rule.capabilities)
            hasher.combine(rule.conditions.deniedVariations)
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// Decides on a request.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - parameters: the request's input, asked for only when the winning rule has conditions on it; `nil` when it
    ///     cannot be read, which such a rule denies.
    package func decide(_ request: borrowing AccessRequest, parameters: () -> JSONObject?) -> Decision {
        if isRoot { return .allowed(by: .root) }
        if request.operation == .help { return .allowed(by: .help) }
        guard let rule = winner(request.path, listing: request.operation.isListing, now: request.now) else {
            return .denied(.noMatchingRule)
        }
        return rule.decide(request, parameters: parameters)
    }

    /// Decides on a request without parameters.
    package func decide(_ request: borrowing AccessRequest) -> Decision {
        decide(request) { JSONObject() }
    }

    /// The capabilities on a path as `sys/capabilities` shows them: sorted words, `root`, or `deny` for none.
    package func capabilities(for path: Span<UInt8>, now: Timestamp) -> [String] {
        if isRoot { return ["root"] }
        guard let rule = winner(path, listing: true, now: now), !rule.isDeny, !rule.capabilities.isEmpty else {
            return ["deny"]
        }
        return rule.capabilities.names
    }

    /// The capabilities on a path as `sys/capabilities` shows them.
    package func capabilities(for path: [UInt8], now: Timestamp) -> [String] {
        capabilities(for: path.span, now: now)
    }

    /// The rule that decides about a path; `nil` when none matches.
    ///
    /// - Parameters:
    ///   - path: the path.
    ///   - listing: whether rules without the path's trailing `/` count too.
    ///   - now: the time of the request.
    package func winner(_ path: Span<UInt8>, listing: Bool, now: Timestamp) -> EffectiveRule? {
        // Correct whatever the holder does; a holder that renews the list at `expiresAt` never comes here.
        if let expiresAt, now >= expiresAt {
            let fresh = AccessControlList(compiling: policies, identity, now, foldsDenials)
            return fresh.winner(path, listing: listing, now: now)
        }
        let path = Self.withoutLeadingSlashes(path)
        let match = table.match(path, listing: listing)
        let rule = match.map { rules[$0.rule] }
        guard let foldedDenials, rule?.isDeny != true else { return rule }
        return foldedDenials.overruling(match, rule, path, listing: listing) ?? rule
    }

    @_lifetime(copy path)
    private static func withoutLeadingSlashes(_ path: Span<UInt8>) -> Span<UInt8> {
        var start = 0
        while start < path.count, path[start] == PathPattern.slash { start &+= 1 }
        return path.extracting(start..<path.count)
    }
}
