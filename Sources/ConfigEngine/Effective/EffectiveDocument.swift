import EngineKit
import Notation

/// What a place is served, made of the picture of a mount, before it is known who asks.
///
/// Leaves that depend on who asks (sensitive values, references to secrets) are marked; everything else is ready.
struct EffectiveDocument: Sendable {
    /// One key.
    struct Leaf: Sendable {
        let key: String
        let definition: KeyDefinition
        /// The merged value; `nil` for a sensitive key, whose value is read when somebody may see it.
        let value: JSON?
        /// The value's text as it stands in answers; empty where `value` depends on who asks.
        let text: [UInt8]
        /// The layers that have something to say, those that win last, with their versions.
        let sources: [Source]
        /// The layer that had the last word; `nil` for the key's own default.
        let winner: Source?
        /// Parts of an object that are from other layers.
        let others: [(path: String, layer: String)]
        /// The secrets that the value refers to.
        let references: [SecretReference]

        /// Whether the value depends on who asks.
        var isPersonal: Bool { definition.isSensitive || !references.isEmpty }
    }

    /// A layer that says something of a key.
    struct Source: Sendable {
        let layer: Layer
        let entry: Picture.Entry
        /// The rollout that says it in the layer's place; `nil` for the layer itself.
        let rollout: String?
        /// What the rollout says; `nil` for the layer itself.
        let rolledOut: LayerValue?
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
    /// Whether any value depends on who asks.
    let isPersonal: Bool
    /// The answer's `data`, where nothing depends on who asks.
    let rendered: [UInt8]

    /// Makes the document of a place.
    init(_ picture: Picture, for place: Place) {
        self.place = place
        revision = picture.revision(for: place)
        var names: Set<String> = []
        let layers = place.layers
        for layer in layers {
            names.formUnion(picture.layers[layer.path]?.keys ?? [:].keys)
            for rollout in picture.rollouts(on: layer, for: place) { names.formUnion(rollout.plan.changes.map(\.key)) }
        }
        for (name, key) in picture.keys where key.definition.defaultValue != nil { names.insert(name) }
        leaves = names.sorted { ByteOrder.precedes($0, $1) }
            .compactMap { Leaf(key: $0, layers: layers, place, picture) }
        hash = Self.hash(leaves)
        staticHash = Self.hash(leaves.filter { $0.definition.reload == .static })
        isPersonal = leaves.contains(where: \.isPersonal)
        rendered = isPersonal ? [] : EffectiveAnswer.text(
            place, revision: revision, hash: hash, staticHash: staticHash, leaves.map { ($0, $0.text) })
    }

    private static func hash(_ leaves: [Leaf]) -> String {
        var hash = BLAKE2b256()
        for leaf in leaves {
            hash.update(leaf.key)
            hash.update(0)
            if leaf.definition.isSensitive {
                for source in leaf.sources {
                    hash.update(source.layer.path.span)
                    hash.update(source.rollout ?? "")
                    hash.update("@\(source.entry.version)")
                }
            } else if let value = leaf.value {
                let canonical = CanonicalJSON.bytes(of: value)
                hash.update(canonical.span)
            }
            hash.update(0)
        }
        return Hexadecimal.encode(Array(hash.finish().bytes.prefix(16)))
    }
}

extension EffectiveDocument.Leaf {
    /// Merges what layers say of a key; `nil` when nothing is left of it.
    fileprivate init?(key: String, layers: [Layer], _ place: Place, _ picture: Picture) {
        let definition = picture.definition(key)
        guard definition.type != .subtree || !definition.isDeclared else { return nil }
        var sources: [EffectiveDocument.Source] = []
        for layer in layers {
            let rollout = picture.rollouts(on: layer, for: place).first { $0.plan.change(of: key) != nil }
            let entry = picture.layers[layer.path]?[key]
            if let rollout, let said = rollout.plan.change(of: key) {
                sources.append(
                    .init(
                        layer: layer,
                        entry: .init(
                            said: said, version: entry?.version ?? 0, revision: rollout.revision,
                            author: rollout.plan.author, time: rollout.state.since),
                        rollout: rollout.id, rolledOut: said))
            } else if let entry {
                sources.append(.init(layer: layer, entry: entry, rollout: nil, rolledOut: nil))
            }
        }
        self.key = key
        self.definition = definition
        self.sources = sources
        if definition.isSensitive {
            // The last layer that says anything has the last word, even when it says that there is nothing.
            guard let last = sources.last else { return nil }
            winner = last
            (value, text, others, references) = (nil, [], [], [])
            return
        }
        let base = definition.defaultValue.map { LayerValue.value($0) }
        guard let merged = LayerMerge.merge([base] + sources.map(\.entry.said)) else { return nil }
        value = merged.value
        winner = merged.winner == 0 ? nil : sources[merged.winner - 1]
        others = merged.others.map { other in
            (other.path, other.layer == 0 ? "default" : sources[other.layer - 1].layer.text)
        }
        references = (try? SecretReference.all(in: merged.value)) ?? []
        text = references.isEmpty ? merged.value.serialized() : []
    }
}
