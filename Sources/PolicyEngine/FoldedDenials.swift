internal import Notation

/// The deny rules of a list, matched without regard to ASCII case and to blanks around segments.
///
/// A backend may take `ADMIN` for `admin`; a rule that denies one must then deny the other (CVE-2026-89322). A deny
/// rule takes part in the contest for the most specific rule under the folded spelling and wins ties, so a broad
/// denial still yields to a more specific permission.
struct FoldedDenials: Sendable {
    private let denials: [EffectiveRule]
    private let foldedPatterns: [PathPattern]
    private let table: RuleTable

    /// Compiles the deny rules among rules; `nil` when there are none.
    init?(_ rules: [EffectiveRule]) {
        var denials: [EffectiveRule] = []
        var patterns: [PathPattern] = []
        var seen: Set<PathPattern> = []
        for rule in rules where rule.isDeny && seen.insert(rule.pattern.folded).inserted {
            denials.append(rule)
            patterns.append(rule.pattern.folded)
        }
        guard !denials.isEmpty else { return nil }
        self.denials = denials
        foldedPatterns = patterns
        table = RuleTable(patterns)
    }

    /// The deny rule that overrules the winner found by exact spelling; `nil` when none does.
    ///
    /// - Parameters:
    ///   - match: the winner's match, if there was a winner.
    ///   - rule: the winner.
    ///   - path: the path as it came.
    ///   - listing: whether the path names a folder.
    func overruling(
        _ match: RuleTable.Match?, _ rule: EffectiveRule?, _ path: Span<UInt8>, listing: Bool
    ) -> EffectiveRule? {
        // Patterns may have been written in capitals, so the path as it came is tried as well.
        if let denial = overruling(match, rule, spelling: path, listing: listing) { return denial }
        for spelling in PathFolding.spellings(of: path) {
            if let denial = overruling(match, rule, spelling: spelling.span, listing: listing) { return denial }
        }
        return nil
    }

    private func overruling(
        _ match: RuleTable.Match?, _ rule: EffectiveRule?, spelling: Span<UInt8>, listing: Bool
    ) -> EffectiveRule? {
        guard let denial = table.match(spelling, listing: listing) else { return nil }
        guard let match, let rule else { return denials[denial.rule] }
        guard denial.stage == match.stage else { return denial.stage < match.stage ? denials[denial.rule] : nil }
        if match.stage == .exact || match.stage == .exactWithoutSlash { return denials[denial.rule] }
        let loses = foldedPatterns[denial.rule].hasLowerPriority(than: rule.pattern)
        return loses ? nil : denials[denial.rule]
    }
}
