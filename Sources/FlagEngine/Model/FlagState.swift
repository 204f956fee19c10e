package import EngineKit

/// How a flag behaves in one environment.
package struct FlagState: Sendable {
    /// Whether targeting is in force; when not, everyone gets the off variation.
    package var isOn: Bool
    /// What everyone gets while the flag is off, killed or archived, or a prerequisite is not met.
    package var offVariation: String
    /// What those get whom no target and no rule fits.
    package var fallThrough: Serve
    /// Individuals with a variation of their own.
    package var targets: [Target]
    /// Rules, the first one that fits decides.
    package var rules: [Rule]
    /// What other flags must serve first.
    package var prerequisites: [Prerequisite]
    /// The attribute whose value decides the bucket of a split.
    package var stickyBy: AttributePath
    /// Whether the variation that a split gives is stored and given again even when the split has changed.
    package var hasStickyAssignment: Bool
    /// Whether the flag is dark: what targeting finds is recorded, and everyone gets the off variation.
    package var isDark: Bool
    /// How buckets are made.
    package var hash: BucketHash
    /// What sets this flag's buckets apart from other flags'; it stays the same while the flag lives.
    package var salt: String

    /// Makes a state; what is not given is empty.
    package init(
        isOn: Bool, offVariation: String, fallThrough: Serve, targets: [Target] = [], rules: [Rule] = [],
        prerequisites: [Prerequisite] = [], stickyBy: AttributePath = .targetingKey,
        hasStickyAssignment: Bool = false, isDark: Bool = false, hash: BucketHash = .blake2b, salt: String
    ) {
        self.isOn = isOn
        self.offVariation = offVariation
        self.fallThrough = fallThrough
        self.targets = targets
        self.rules = rules
        self.prerequisites = prerequisites
        self.stickyBy = stickyBy
        self.hasStickyAssignment = hasStickyAssignment
        self.isDark = isDark
        self.hash = hash
        self.salt = salt
    }

    /// The names of the variations this state can give, each once, in the order they are met.
    package var variationsInUse: [String] {
        var names = [offVariation] + fallThrough.variations + targets.map(\.variation)
        for rule in rules { names += rule.serve.variations }
        var seen: Set<[UInt8]> = []
        return names.filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// The names of the segments the rules ask for, each once.
    package var segmentsInUse: [String] {
        var seen: Set<[UInt8]> = []
        return rules.flatMap { $0.conditions.compactMap(\.segment) }
            .filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// The one variation that everyone gets, when the context makes no difference; prerequisites are left aside.
    package var onlyVariation: String? {
        guard isOn, !isDark else { return offVariation }
        let names = [fallThrough] + rules.map(\.serve)
        var served = targets.filter { !$0.keys.isEmpty }.map(\.variation)
        for serve in names {
            switch serve {
            case .variation(let name): served.append(name)
            case .split(let shares): served += shares.filter { $0.weight > 0 }.map(\.variation)
            }
        }
        guard let first = served.first, served.allSatisfy({ $0.utf8.elementsEqual(first.utf8) }) else { return nil }
        return first
    }
}
