import EngineKit
import Notation

/// What a place is served, made of the picture of a mount, before it is known who asks.
///
/// Leaves that depend on who asks (sensitive values, references to secrets) are marked; everything else is ready.
struct EffectiveDocument: Sendable {
    /// One key. Documents that are made of each other share it.
    final class Leaf: Sendable {
        let key: String
        let definition: KeyDefinition
        /// The merged value; `nil` for a sensitive key, whose value is read when somebody may see it.
        let value: JSON?
        /// The layers that have something to say, those that win last, with their versions.
        let sources: [Source]
        /// The layer that had the last word; `nil` for the key's own default.
        let winner: Source?
        /// Parts of an object that are from other layers.
        let others: [(path: String, layer: String)]
        /// The secrets that the value refers to.
        let references: [SecretReference]
        /// What goes into the document's digest for the key.
        let digested: [UInt8]
        /// The key and the value's text as a member of an object; empty where it depends on who asks.
        let member: [UInt8]

        /// Whether the value depends on who asks.
        let isPersonal: Bool
        /// Whether the key asks for a restart.
        let isStatic: Bool

        /// Merges what layers say of a key; `nil` when nothing is left of it.
        init?(key: String, layers: [Layer], _ place: Place, _ picture: Picture) {
            let definition = picture.definition(key)
            guard definition.type != .subtree || !definition.isDeclared else { return nil }
            let sources = Self.sources(of: key, layers, place, picture)
            self.key = key
            self.definition = definition
            self.sources = sources
            isStatic = definition.reload == .static
            if definition.isSensitive {
                // The last layer that says anything has the last word. Only in the past may there be a default: of a
                // key that has become sensitive since.
                guard sources.last.map({ !$0.entry.isUnset }) ?? (definition.defaultValue != nil) else { return nil }
                winner = sources.last
                (value, others, references, member) = (nil, [], [], [])
                digested = Self.digested(key, sources)
                isPersonal = true
                return
            }
            let base = definition.defaultValue.map { LayerValue(said: $0) }
            guard let merged = LayerMerge.merge([base] + sources.map(\.entry.said)) else { return nil }
            value = merged.value
            winner = merged.winner == 0 ? nil : sources[merged.winner - 1]
            others = merged.others.map { other in
                (other.path, other.layer == 0 ? "default" : sources[other.layer - 1].layer.text)
            }
            references = (try? SecretReference.all(in: merged.value)) ?? []
            isPersonal = !references.isEmpty
            var member: [UInt8] = []
            if references.isEmpty {
                member.appendJSONName(key)
                member.append(contentsOf: merged.value.serialized())
            }
            self.member = member
            digested = Array(key.utf8) + [0] + CanonicalJSON.bytes(of: merged.value) + [0]
        }

        private static func sources(
            of key: String, _ layers: [Layer], _ place: Place, _ picture: Picture
        ) -> [Source] {
            var sources: [Source] = []
            for layer in layers {
                let entry = picture.layers[layer.path]?[key]
                let rollout =
                    picture.rollouts.isEmpty
                    ? nil : picture.rollouts(on: layer, for: place).first { $0.plan.change(of: key) != nil }
                if let rollout, let said = rollout.plan.change(of: key) {
                    sources.append(
                        .init(
                            layer: layer,
                            entry: .init(
                                said: said, isUnset: said.value == nil, version: entry?.version ?? 0,
                                revision: rollout.revision,
                                author: rollout.plan.author, time: rollout.state.since),
                            rollout: rollout.id))
                } else if let entry {
                    sources.append(.init(layer: layer, entry: entry, rollout: nil))
                }
            }
            return sources
        }

        /// A sensitive value goes in by its layers' versions.
        private static func digested(_ key: String, _ sources: [Source]) -> [UInt8] {
            var bytes = Array(key.utf8) + [0]
            for source in sources {
                bytes += source.layer.path
                bytes += Array((source.rollout ?? "").utf8)
                bytes += Array("@\(source.entry.version)".utf8)
            }
            return bytes + [0]
        }
    }

    /// A layer that says something of a key.
    struct Source: Sendable {
        let layer: Layer
        let entry: Picture.Entry
        /// The rollout that says it in the layer's place; `nil` for the layer itself.
        let rollout: String?
    }

    /// Who it is for.
    let place: Place
    /// The newest revision that changed it.
    let revision: UInt64
    /// The keys in the order of their bytes.
    let leaves: [Leaf]
    /// A digest of all values, hexadecimal, which instances report as what they have applied.
    ///
    /// A sensitive value goes in by its layers' versions, and a reference by what it says, so that the digest tells
    /// nothing of a secret.
    let hash: String
    /// The digest of the values of static keys only.
    let staticHash: String
    /// The answer for all; `nil` where a value depends on who asks.
    let common: CommonAnswer?

    /// An answer that is the same for all who ask.
    struct CommonAnswer: Sendable {
        /// The answer's `data`.
        let rendered: [UInt8]
        /// Its entity tag.
        let tag: String
    }

    /// Makes the document of a place.
    init(_ picture: Picture, for place: Place) {
        var names: Set<String> = []
        let layers = place.layers
        for layer in layers {
            names.formUnion(picture.layers[layer.path]?.keys ?? [:].keys)
            for rollout in picture.rollouts(on: layer, for: place) { names.formUnion(rollout.plan.changes.map(\.key)) }
        }
        for (name, key) in picture.keys where key.definition.defaultValue != nil { names.insert(name) }
        self.init(
            picture, place,
            names.sorted { ByteOrder.precedes($0, $1) }.compactMap { Leaf(key: $0, layers: layers, place, picture) })
    }

    /// Makes the document of a place of an earlier one.
    ///
    /// - Parameter changed: the keys that may be different by now; all others are as they were.
    init(_ picture: Picture, from earlier: EffectiveDocument, changed: Set<String>) {
        let layers = earlier.place.layers
        var leaves = earlier.leaves
        for key in changed {
            let (place, isThere) = Self.place(of: key, in: leaves)
            let leaf = Leaf(key: key, layers: layers, earlier.place, picture)
            switch (leaf, isThere) {
            case (let leaf?, true): leaves[place] = leaf
            case (let leaf?, false): leaves.insert(leaf, at: place)
            case (nil, true): leaves.remove(at: place)
            case (nil, false): break
            }
        }
        self.init(picture, earlier.place, leaves)
    }

    /// Where a key stands or would stand.
    private static func place(of key: String, in leaves: [Leaf]) -> (place: Int, isThere: Bool) {
        var (low, high) = (0, leaves.count)
        while low < high {
            let middle = (low + high) / 2
            if ByteOrder.precedes(leaves[middle].key, key) { low = middle + 1 } else { high = middle }
        }
        return (low, low < leaves.count && leaves[low].key.bytesEqual(to: key))
    }

    private init(_ picture: Picture, _ place: Place, _ leaves: [Leaf]) {
        self.place = place
        self.leaves = leaves
        revision = picture.revision(for: place)
        hash = Self.hash(leaves)
        let fixed = leaves.filter(\.isStatic)
        staticHash = Self.hash(fixed)
        common =
            leaves.contains(where: \.isPersonal)
            ? nil
            : CommonAnswer(
                rendered: EffectiveAnswer.text(
                    place, revision: revision, hash: hash, staticHash: staticHash, leaves.map(\.member),
                    fixed.map(\.key)),
                tag: EffectiveTag(hash, revision).text)
    }

    private static func hash(_ leaves: [Leaf]) -> String {
        // In one piece, so that it is hashed word by word.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(leaves.reduce(0) { $0 + $1.digested.count })
        for leaf in leaves { bytes.append(contentsOf: leaf.digested) }
        return Hexadecimal.encode(Array(BLAKE2b256.digest(of: bytes.span).bytes.prefix(16)))
    }
}
