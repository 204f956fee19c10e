import EngineKit
import Notation

/// What differs for a place between two pictures of a mount, told change by change.
///
/// Where it cannot be known what somebody has seen between the two, a key is told that may be as it was.
struct PictureComparison {
    private typealias Leaf = EffectiveDocument.Leaf

    private let before: Picture
    private let after: Picture
    private let place: Place
    private let changes: [(revision: UInt64, change: ConfigLog.Change)]

    /// Prepares to compare.
    ///
    /// - Parameter changes: the changes that lie between the pictures, in their order.
    init(_ before: Picture, _ after: Picture, for place: Place, _ changes: [ConfigLog.Change]) {
        self.before = before
        self.after = after
        self.place = place
        // Pins say nothing of keys, and rotations leave the values as they are.
        self.changes = changes.enumerated()
            .map { (before.revision + UInt64($0.offset) + 1, $0.element) }
            .filter { $0.1.pinned == nil && !$0.1.isRotation && $0.1.concerns(place) }
    }

    /// The keys of a change whose values differ, and whether one of them asks for a restart.
    func differences(by change: ConfigLog.Change, at revision: UInt64) -> (keys: [String], needsRestart: Bool) {
        var keys: [String] = []
        var needsRestart = false
        for key in change.keys {
            let others = changes.filter { other in
                other.revision != revision && other.change.keys.contains { $0.bytesEqual(to: key) }
            }
            let together = others.filter { $0.change.time == change.time }
            // Of changes that were made as one, nobody has seen the first ones alone: the last one tells.
            if together.contains(where: { $0.revision > revision }) { continue }
            let (old, new) = (leaf(key, before), leaf(key, after))
            if together.count < others.count || isOpen(key) {
                keys.append(key)
                needsRestart = needsRestart || old?.isStatic ?? false || new?.isStatic ?? false
                continue
            }
            let isFixedOtherwise = Self.fixed(old) != Self.fixed(new)
            guard isFixedOtherwise || old?.digested != new?.digested else { continue }
            keys.append(key)
            needsRestart = needsRestart || isFixedOtherwise
        }
        return (keys, needsRestart)
    }

    /// Whether instances may be served other values of a key than who names none: a rollout reaches some of them.
    private func isOpen(_ key: String) -> Bool {
        guard place.instance.utf8.isEmpty else { return false }
        return (before.rollouts + after.rollouts).contains { rollout in
            place.sees(rollout.plan.layer) && rollout.plan.change(of: key) != nil
        }
    }

    private func leaf(_ key: String, _ picture: Picture) -> Leaf? {
        Leaf(key: key, layers: place.layers, place, picture)
    }

    /// What goes into the digest of static values.
    private static func fixed(_ leaf: Leaf?) -> [UInt8]? {
        guard let leaf, leaf.isStatic else { return nil }
        return leaf.digested
    }
}
