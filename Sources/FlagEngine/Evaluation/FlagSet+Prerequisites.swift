package import EngineKit
import Notation

extension FlagSet {
    /// Checks the prerequisites of a state that is to be written: the flags and variations are there, no flag comes
    /// back to itself, and chains and sums stay within ``ModelLimits``.
    ///
    /// - Parameters:
    ///   - key: The flag's key.
    ///   - state: The new state.
    /// - Throws: ``ModelError`` naming the prerequisite; for a cycle also the flags on it.
    package func checkPrerequisites(of key: String, state: FlagState) throws(ModelError) {
        try PrerequisiteCheck.check(key, prerequisites: state.prerequisites) { other in
            guard let source = flag(other)?.source else { return nil }
            return (source.definition, source.state?.prerequisites ?? [])
        }
        // Flags that depend on this one reach what it reaches.
        let names = { (other: String) in
            if other.bytesEqual(to: key) { return state.prerequisites.map(\.flag) }
            return self.flag(other)?.source.state?.prerequisites.map(\.flag) ?? []
        }
        for flag in flags where !flag.key.bytesEqual(to: key) {
            guard flag.source.state?.prerequisites.isEmpty == false,
                PrerequisiteCheck.way(from: flag.key, to: key, names) != nil
            else { continue }
            guard PrerequisiteCheck.extent(of: flag.key, names).isWithinLimits else {
                throw ModelError(
                    path: "prerequisites",
                    problem: "make the chain of prerequisites of \(flag.key) longer than "
                        + "\(ModelLimits.prerequisiteDepth) flags or its sum more than "
                        + "\(ModelLimits.prerequisiteEvaluations)")
            }
        }
    }
}

/// Checks of the graph that prerequisites make; none of them calls itself.
package enum PrerequisiteCheck {
    /// Checks a flag's prerequisites.
    ///
    /// - Parameters:
    ///   - key: The flag's key.
    ///   - prerequisites: What it is to have.
    ///   - lookup: What another flag is and what its own prerequisites are.
    /// - Throws: ``ModelError`` naming the prerequisite; for a cycle also the flags on it.
    package static func check(
        _ key: String, prerequisites: [Prerequisite],
        lookup: (String) -> (definition: FlagDefinition, prerequisites: [Prerequisite])?
    ) throws(ModelError) {
        for (index, prerequisite) in prerequisites.enumerated() {
            let path = "prerequisites[\(index)]"
            guard !prerequisite.flag.bytesEqual(to: key) else {
                throw ModelError(path: "\(path).flag", problem: "makes a cycle: \(key) -> \(key)")
            }
            guard let other = lookup(prerequisite.flag) else {
                throw ModelError(path: "\(path).flag", problem: "is not a flag")
            }
            guard other.definition.index(ofVariation: prerequisite.variation) != nil else {
                throw ModelError(path: "\(path).variation", problem: "is not a variation of that flag")
            }
            let names = { (flag: String) in lookup(flag)?.prerequisites.map(\.flag) ?? [] }
            if let way = way(from: prerequisite.flag, to: key, names) {
                let cycle = ([key] + way).joined(separator: " -> ")
                throw ModelError(path: "\(path).flag", problem: "makes a cycle: \(cycle)")
            }
        }
        let extent = extent(of: key) { flag in
            flag.bytesEqual(to: key) ? prerequisites.map(\.flag) : lookup(flag)?.prerequisites.map(\.flag) ?? []
        }
        guard extent.isWithinLimits else {
            throw ModelError(
                path: "prerequisites",
                problem: "make a chain of more than \(ModelLimits.prerequisiteDepth) flags or need more than "
                    + "\(ModelLimits.prerequisiteEvaluations) evaluations")
        }
    }

    /// The flags on a way between two, both included; each flag is looked at once.
    static func way(
        from start: String, to end: String, _ prerequisites: (String) -> [String]
    ) -> [String]? {
        var seen: Set<[UInt8]> = []
        var waiting: [[String]] = [[start]]
        while let way = waiting.popLast() {
            guard let last = way.last else { continue }
            if last.bytesEqual(to: end) { return way }
            guard seen.insert(Array(last.utf8)).inserted else { continue }
            for next in prerequisites(last) { waiting.append(way + [next]) }
        }
        return nil
    }

    /// How far and how wide the prerequisites of a flag go, followed no further than a little over the limits.
    static func extent(of key: String, _ prerequisites: (String) -> [String]) -> Extent {
        var extent = Extent(levels: 0, evaluations: 0)
        var waiting = [(key, 0)]
        while let (flag, level) = waiting.popLast(), extent.isWithinLimits {
            extent.levels = max(extent.levels, level)
            extent.evaluations += level > 0 ? 1 : 0
            for next in prerequisites(flag) { waiting.append((next, level + 1)) }
        }
        return extent
    }

    /// The levels below a flag, and how often its evaluation evaluates another.
    struct Extent {
        var levels: Int
        var evaluations: Int
        /// Whether evaluation follows all of it.
        var isWithinLimits: Bool {
            levels <= ModelLimits.prerequisiteDepth && evaluations <= ModelLimits.prerequisiteEvaluations
        }
    }
}
