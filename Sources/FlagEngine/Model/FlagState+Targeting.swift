import Notation

/// The target of one individual.
extension FlagState {
    /// The variation that an individual has a target for; `nil` when it has none.
    package func variation(targeting key: String, kind: String) -> String? {
        targets.first { $0.kind.bytesEqual(to: kind) && $0.names(key) }?.variation
    }

    /// Gives an individual a target in place of the one it has; a target that nobody is left in goes.
    ///
    /// - Parameters:
    ///   - variation: what it gets; `nil` for no target.
    ///   - key: the individual's key.
    ///   - kind: whose key it is.
    package mutating func give(_ variation: String?, to key: String, kind: String) {
        for index in targets.indices.reversed() where targets[index].kind.bytesEqual(to: kind) {
            guard targets[index].names(key) else { continue }
            targets[index].keys.removeAll { $0.bytesEqual(to: key) }
            if targets[index].keys.isEmpty { targets.remove(at: index) }
        }
        guard let variation else { return }
        let place = targets.firstIndex { $0.kind.bytesEqual(to: kind) && $0.variation.bytesEqual(to: variation) }
        if let place {
            targets[place].keys.append(key)
        } else {
            targets.append(Target(variation: variation, keys: [key], kind: kind))
        }
    }
}

extension Target {
    fileprivate func names(_ key: String) -> Bool { keys.contains { $0.bytesEqual(to: key) } }
}
