/// What a transaction has so far to write, in its order, and the way back to an earlier point of it.
struct Draft {
    /// A point to go back to.
    struct Point {
        fileprivate let steps: Int
        fileprivate let realmChanges: Int
        fileprivate let effects: Int
    }

    private struct Step {
        let key: StoreKey
        /// What was to be written before this step; `nil` when nothing was.
        let before: WriteBatch.Write?
        let inserts: Bool
    }

    /// The writes by their keys.
    private(set) var writes: [StoreKey: WriteBatch.Write] = [:]
    /// The keys that nothing may be stored under yet.
    private(set) var inserted: Set<StoreKey> = []
    /// Realms that come and go.
    var realmChanges: [WriteBatch.RealmChange] = []
    /// What is done in memory at the end.
    var effects: [() -> Void] = []
    private var order: [StoreKey] = []
    private var steps: [Step] = []

    /// Whether nothing would change.
    var isEmpty: Bool { writes.isEmpty && realmChanges.isEmpty }

    /// The writes in the order in which their keys came up.
    var ordered: [(key: StoreKey, write: WriteBatch.Write)] {
        order.compactMap { key in writes[key].map { (key, $0) } }
    }

    /// Takes in a write, in place of an earlier one of the same record.
    mutating func write(_ key: StoreKey, _ write: WriteBatch.Write, inserting: Bool = false) {
        let before = writes.updateValue(write, forKey: key)
        if before == nil { order.append(key) }
        let inserts = inserting && inserted.insert(key).inserted
        steps.append(Step(key: key, before: before, inserts: inserts))
    }

    /// The point that is reached now.
    var point: Point { Point(steps: steps.count, realmChanges: realmChanges.count, effects: effects.count) }

    /// Takes back what came after a point.
    mutating func goBack(to point: Point) {
        while steps.count > point.steps, let step = steps.popLast() {
            writes[step.key] = step.before
            if step.before == nil { order.removeLast() }
            if step.inserts { inserted.remove(step.key) }
        }
        realmChanges.removeLast(realmChanges.count - point.realmChanges)
        effects.removeLast(effects.count - point.effects)
    }

    /// Forgets everything.
    mutating func removeAll() {
        writes.removeAll(keepingCapacity: true)
        inserted.removeAll(keepingCapacity: true)
        realmChanges.removeAll(keepingCapacity: true)
        effects.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        steps.removeAll(keepingCapacity: true)
    }
}
