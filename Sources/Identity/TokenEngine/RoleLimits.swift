/// What a request for a token and the token's role allow together: of two limits the lesser one.
struct RoleLimits {
    /// The longest life in seconds; 0 for none.
    let explicitMaxTTL: Int
    /// Seconds that each renewal grants; 0 when the token is not periodic.
    let period: Int
    /// How many uses; 0 for no limit.
    let numUses: Int
    /// What to warn of: times that both give.
    let warnings: [String]

    /// Puts the limits of a request and of a role together; without a role they are the request's.
    init(_ draft: TokenDraft, _ role: TokenRole?) {
        let (longest, period) = (role?.explicitMaxTTL ?? 0, role?.period ?? 0)
        explicitMaxTTL = Self.lesser(draft.explicitMaxTTL, longest)
        self.period = Self.lesser(draft.period, period)
        numUses = Self.lesser(draft.numUses, role?.numUses ?? 0)
        var warnings: [String] = []
        if draft.explicitMaxTTL > 0, longest > 0 { warnings.append(Self.warning("Explicit max TTL", explicitMaxTTL)) }
        if draft.period > 0, period > 0 { warnings.append(Self.warning("Period", self.period)) }
        self.warnings = warnings
    }

    private static func lesser(_ asked: Int, _ ruled: Int) -> Int {
        asked > 0 && ruled > 0 ? min(asked, ruled) : max(asked, ruled)
    }

    private static func warning(_ name: String, _ seconds: Int) -> String {
        "\(name) specified both during creation call and in role; using the lesser value of \(seconds) seconds"
    }
}
