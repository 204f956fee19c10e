package import EngineKit
package import Notation

extension FlagSet {
    /// The next instant after another at which an outcome can change without a new revision.
    package func nextTimeBoundary(after now: Timestamp) -> Timestamp? {
        flags.compactMap { flag in flag.timeBoundaries.first { $0 > now } }.min()
    }

    /// The next instant after another at which one flag's outcome, prerequisites included, can change by itself.
    package func nextTimeBoundary(of key: String, after now: Timestamp) -> Timestamp? {
        var boundaries: [Timestamp] = []
        var seen: Set<Int> = []
        var waiting = index(of: key).map { [$0] } ?? []
        while let index = waiting.popLast() {
            guard seen.insert(index).inserted else { continue }
            if let next = flags[index].timeBoundaries.first(where: { $0 > now }) { boundaries.append(next) }
            waiting += links(of: index).map(\.flag).filter { $0 >= 0 }
        }
        return boundaries.min()
    }

    /// The keys of the flags that have a flag as a prerequisite, in order; those flags keep it from being removed.
    package func dependents(ofFlag key: String) -> [String] {
        flags.filter { flag in
            flag.source.state?.prerequisites.contains { $0.flag.bytesEqual(to: key) } ?? false
        }.map(\.key)
    }

    /// The keys of the flags whose rules ask for a segment, in order; those flags keep it from being removed.
    package func dependents(ofSegment name: String) -> [String] {
        flags.filter { flag in
            flag.source.state?.segmentsInUse.contains { $0.bytesEqual(to: name) } ?? false
        }.map(\.key)
    }

    /// The variations of a flag that its state here, and the prerequisites of other flags here, use.
    package func variationsInUse(ofFlag key: String) -> [String] {
        var names = flag(key)?.source.state?.variationsInUse ?? []
        for prerequisite in flags.flatMap({ $0.source.state?.prerequisites ?? [] }) {
            let name = prerequisite.variation
            guard prerequisite.flag.bytesEqual(to: key), !names.contains(where: { $0.bytesEqual(to: name) }) else {
                continue
            }
            names.append(name)
        }
        return names
    }

    /// The segments that a state asks for and this set does not have, checked when the state is written.
    ///
    /// - Throws: ``ModelError`` naming the condition.
    package func checkSegments(of state: FlagState) throws(ModelError) {
        for (ruleIndex, rule) in state.rules.enumerated() {
            for (index, condition) in rule.conditions.enumerated() {
                guard let name = condition.segment, segment(name) == nil else { continue }
                throw ModelError(
                    path: "rules[\(ruleIndex)].if[\(index)].segment", problem: "is not a segment of the environment")
            }
        }
    }
}
