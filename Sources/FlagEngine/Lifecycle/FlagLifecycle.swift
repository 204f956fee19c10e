package import Notation

/// How far a flag is in its life, judged from facts that others have gathered.
///
/// - `stale`: it has expired, or nobody evaluates it any more although it is old or serves one variation only.
/// - `launched`: a release or experiment serves one variation everywhere and has settled; its code can go.
/// - `potentially_stale`: it is older than its kind is expected to become, or has not been evaluated for long.
/// - `live`: everything else.
package struct FlagLifecycle: Sendable {
    /// How far a flag is.
    package enum Stage: String, CaseIterable, Sendable {
        case live
        case potentiallyStale = "potentially_stale"
        case stale
        case launched
    }

    /// What speaks against a flag.
    package enum Sign: String, CaseIterable, Sendable {
        /// Its expiry has passed.
        case expired
        /// It is older than its kind is expected to become.
        case olderThanExpected = "older_than_expected"
        /// It has not been evaluated for long.
        case notEvaluated = "not_evaluated"
        /// Every environment has served the same one variation for a while.
        case oneVariation = "one_variation"
    }

    /// What is known about a flag.
    package struct Facts: Sendable {
        /// What kind of flag it is.
        package var kind: FlagKind
        /// When it was made.
        package var created: Timestamp
        /// When its definition or one of its states last changed.
        package var changed: Timestamp
        /// When it should be gone.
        package var expires: Timestamp?
        /// When it was last evaluated; `nil` for never.
        package var lastEvaluated: Timestamp?
        /// Whether every environment serves the same variation to everyone.
        package var servesOneVariation: Bool

        /// Gathers facts.
        package init(
            kind: FlagKind, created: Timestamp, changed: Timestamp, expires: Timestamp? = nil,
            lastEvaluated: Timestamp?, servesOneVariation: Bool
        ) {
            self.kind = kind
            self.created = created
            self.changed = changed
            self.expires = expires
            self.lastEvaluated = lastEvaluated
            self.servesOneVariation = servesOneVariation
        }
    }

    /// How far the flag is.
    package let stage: Stage
    /// Why, in the order of ``Sign``.
    package let signs: [Sign]

    /// Judges a flag.
    ///
    /// - Parameters:
    ///   - facts: What is known about it.
    ///   - now: The time.
    ///   - expectations: How long flags are expected to live.
    package init(of facts: Facts, now: Timestamp, expectations: LifecycleExpectations = .default) {
        signs = Sign.allCases.filter { Self.shows($0, facts, now, expectations) }
        stage = Self.stage(of: Set(signs))
    }

    /// The judgement as an object.
    package var json: JSON {
        ["stage": .string(stage.rawValue), "reasons": .strings(signs.map(\.rawValue))]
    }

    /// Whether states give everyone the same one variation; false when there are none.
    package static func serveOneVariation(_ states: [FlagState]) -> Bool {
        guard let first = states.first?.onlyVariation else { return false }
        return states.allSatisfy { $0.onlyVariation?.bytesEqual(to: first) ?? false }
    }

    private static func stage(of signs: Set<Sign>) -> Stage {
        if signs.contains(.expired) { return .stale }
        if signs.contains(.notEvaluated), signs.count > 1 { return .stale }
        if signs.contains(.oneVariation) { return .launched }
        return signs.isEmpty ? .live : .potentiallyStale
    }

    private static func shows(
        _ sign: Sign, _ facts: Facts, _ now: Timestamp, _ expectations: LifecycleExpectations
    ) -> Bool {
        switch sign {
        case .expired: return facts.expires.map { $0 <= now } ?? false
        case .olderThanExpected:
            guard let lifetime = expectations.lifetime(of: facts.kind) else { return false }
            return facts.created.adding(lifetime) <= now
        case .notEvaluated: return (facts.lastEvaluated ?? facts.created).adding(expectations.silence) <= now
        case .oneVariation:
            // A kill switch or a permission that is open to all is doing its work.
            guard facts.kind == .release || facts.kind == .experiment else { return false }
            return facts.servesOneVariation && facts.changed.adding(expectations.settling) <= now
        }
    }
}
