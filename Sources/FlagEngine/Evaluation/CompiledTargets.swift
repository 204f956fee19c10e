/// Neighbouring target lists of one kind as one table from keys to variations.
struct CompiledTargets: Sendable {
    /// The first variation and list of a key.
    struct Hit {
        let variation: Int
        let target: Int
    }

    let kind: String
    // For another kind than the ordinary one: the member whose `key`, or else `targetingKey`, is compared.
    private let member: [UInt8]?
    private let table: KeyTable
    // For each key its variation and the place of its list.
    private let variations: [Int32]
    private let targets: [Int32]

    private static let keyName = Array("key".utf8)
    private static let targetingKeyName = Array("targetingKey".utf8)

    init(_ group: [(index: Int, target: Target)], definition: FlagDefinition) {
        kind = group.first?.target.kind ?? Target.userKind
        member = kind.utf8.elementsEqual(Target.userKind.utf8) ? nil : Array(kind.utf8)
        table = KeyTable(group.flatMap(\.target.keys))
        variations = group.flatMap { entry in
            let variation = Int32(truncatingIfNeeded: definition.index(ofVariation: entry.target.variation) ?? -1)
            return [Int32](repeating: variation, count: entry.target.keys.count)
        }
        targets = group.flatMap {
            [Int32](repeating: Int32(truncatingIfNeeded: $0.index), count: $0.target.keys.count)
        }
    }

    /// Groups neighbouring lists of the same kind; the order between kinds stays.
    static func groups(of targets: [Target], definition: FlagDefinition) -> [CompiledTargets] {
        var groups: [[(index: Int, target: Target)]] = []
        for (index, target) in targets.enumerated() where !target.keys.isEmpty {
            if let kind = groups.last?.first?.target.kind, kind.utf8.elementsEqual(target.kind.utf8) {
                groups[groups.count - 1].append((index, target))
            } else {
                groups.append([(index, target)])
            }
        }
        return groups.map { CompiledTargets($0, definition: definition) }
    }

    /// The hit of a context.
    func hit(in context: EvaluationContext) -> Hit? {
        guard let place = key(in: context), context.isScalar(at: place),
            let index = table.index(of: context.text(at: place))
        else { return nil }
        return Hit(variation: Int(variations[index]), target: Int(targets[index]))
    }

    private func key(in context: EvaluationContext) -> EvaluationContext.Place? {
        guard let member else { return context.targetingKey }
        guard let place = context.child(named: member, of: .root) else { return nil }
        return context.child(named: Self.keyName, of: place)
            ?? context.child(named: Self.targetingKeyName, of: place)
    }
}
