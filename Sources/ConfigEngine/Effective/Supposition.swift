import EngineKit

/// What keys are supposed to be and layers supposed to say, in the place of what is stored.
struct Supposition {
    /// What keys are to be.
    private(set) var definitions: [String: KeyDefinition] = [:]
    /// What layers are to say of keys; `nil` for nothing.
    private(set) var said: [String: [Layer: LayerValue?]] = [:]
    /// What it comes of beside the change that is checked, in words for refusals.
    private var causes: [String] = []
    /// The layers that say something else by these causes.
    private var causing: [Layer] = []

    /// A key is to be this.
    init(_ key: String, is definition: KeyDefinition) { definitions = [key: definition] }

    /// A layer is to say something of keys; `nil` for nothing.
    init(_ layer: Layer, says changes: [(key: String, said: LayerValue?)]) {
        for (key, value) in changes { said[key] = [layer: value] }
    }

    /// What a layer says to those that a rollout reaches.
    init(while rollout: Rollout) {
        self.init(rollout.plan.layer, says: rollout.plan.changes.map { ($0.key, $0.said) })
        causes = ["the rollout \"\(rollout.id)\""]
        causing = [rollout.plan.layer]
    }

    /// What a layer says again when an override ends; `nil` for nothing.
    init(after override: Override<ValueOverride>, says former: LayerValue?) {
        self.init(override.subject.layer, says: [(override.subject.key, former)])
        causes = ["the end of the override \"\(override.id)\""]
        causing = [override.subject.layer]
    }

    /// The keys that something is supposed of.
    var keys: Set<String> { Set(definitions.keys).union(said.keys) }

    /// What it comes of, to be said behind a place; empty for the change by itself.
    var circumstance: String { causes.isEmpty ? "" : " with \(causes.joined(separator: " and "))" }

    /// Whether a place can see a difference to the change by itself.
    func reaches(_ place: Place) -> Bool { causing.isEmpty || causing.contains { place.sees($0) } }

    /// The change by itself, with each of the others that say something of certain keys, and with all of these.
    func states(with others: [Supposition], about isMeant: (String) -> Bool) -> [Supposition] {
        let others = others.filter { $0.said.keys.contains(where: isMeant) }
        let all = others.count > 1 ? [others.reduce(self) { $0.joined(with: $1) }] : []
        return [self] + others.map { joined(with: $0) } + all
    }

    private func joined(with other: Supposition) -> Supposition {
        var both = self
        for (key, values) in other.said {
            both.said[key, default: [:]].merge(values) { _, later in later }
        }
        both.causes += other.causes
        both.causing += other.causing
        return both
    }
}

extension ConfigScope {
    /// What layers say again when overrides end, for each of these.
    func endsOfOverrides() throws(EngineError) -> [Supposition] {
        var ends: [Supposition] = []
        for override in try overrides.all() {
            ends.append(Supposition(after: override, says: try former(override.subject)))
        }
        return ends
    }

    /// What a layer said before an override; `nil` for nothing.
    func former(_ override: ValueOverride) throws(EngineError) -> LayerValue? {
        guard override.before > 0 else { return nil }
        return try documents.version(.entry, override.layer.place(of: override.key), override.before)?.layerValue()
    }
}
