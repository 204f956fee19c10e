package import EngineKit
import Notation

extension FlagState {
    /// Checks that every variation named is one of the flag's, and that no key is targeted and no flag
    /// required twice.
    ///
    /// What prerequisites name belongs to other flags; ``FlagSet/checkPrerequisites(of:state:)`` looks there.
    ///
    /// - Parameters:
    ///   - definition: What the flag is, or `nil` to leave the names aside.
    ///   - path: Where the state stands in a larger document.
    /// - Throws: ``ModelError`` with the first field that is wrong.
    package func check(against definition: FlagDefinition?, path: String = "") throws(ModelError) {
        let prefix = path.isEmpty ? "" : "\(path)."
        try checkTargets(prefix: prefix)
        if let index = KeyTable.indexOfDuplicate(in: prerequisites.map(\.flag)) {
            throw ModelError(
                path: "\(prefix)prerequisites[\(index)].flag", problem: "is in an earlier prerequisite too")
        }
        guard let definition else { return }
        try Self.check(offVariation, in: definition, at: "\(prefix)off_variation")
        try Self.check(fallThrough, in: definition, at: "\(prefix)fallthrough")
        for (index, target) in targets.enumerated() {
            try Self.check(target.variation, in: definition, at: "\(prefix)targets[\(index)].variation")
        }
        for (index, rule) in rules.enumerated() {
            try Self.check(rule.serve, in: definition, at: "\(prefix)rules[\(index)].serve")
        }
    }

    private static func check(_ serve: Serve, in definition: FlagDefinition, at path: String) throws(ModelError) {
        switch serve {
        case .variation(let name): try check(name, in: definition, at: "\(path).variation")
        case .split(let shares):
            for (index, share) in shares.enumerated() {
                try check(share.variation, in: definition, at: "\(path).split[\(index)].variation")
            }
        }
    }

    private static func check(_ name: String, in definition: FlagDefinition, at path: String) throws(ModelError) {
        guard definition.index(ofVariation: name) != nil else {
            throw ModelError(path: path, problem: "is not a variation of the flag")
        }
    }

    // Two targets for one key would make their order matter to someone who reads only one of them.
    private func checkTargets(prefix: String) throws(ModelError) {
        var keys: [String: [String]] = [:]
        for target in targets { keys[target.kind, default: []] += target.keys }
        for (kind, all) in keys {
            guard let duplicate = KeyTable.indexOfDuplicate(in: all) else { continue }
            var place = duplicate
            for (index, target) in targets.enumerated() where target.kind.bytesEqual(to: kind) {
                if place < target.keys.count {
                    throw ModelError(
                        path: "\(prefix)targets[\(index)].keys[\(place)]", problem: "is in an earlier target too")
                }
                place -= target.keys.count
            }
        }
    }
}
