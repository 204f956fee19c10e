import EngineKit
import Notation

/// An effective document as one caller gets it: what depends on who asks is resolved or kept back, leaf by leaf.
struct EffectiveReading {
    private let asked: EffectiveQuestion
    private let document: EffectiveDocument
    /// What depends on who asks, by the places of the leaves.
    private let personal: [Int: PersonalValue]

    /// Reads a document with a caller's eyes.
    init(_ document: EffectiveDocument, _ asked: EffectiveQuestion) throws(EngineError) {
        self.document = document
        self.asked = asked
        var personal: [Int: PersonalValue] = [:]
        if document.common == nil {
            let resolution = ReferenceResolution(
                asked.scope.request, asked.scope.transaction, asOf: asked.secretsMoment,
                instance: asked.place.instance)
            let sensitive = SensitiveReading(asked.scope, asOf: asked.moment)
            for (place, leaf) in document.leaves.enumerated() where leaf.isPersonal {
                var outcome = PersonalValue()
                let value = leaf.definition.isSensitive ? try sensitive.value(of: leaf, &outcome) : leaf.value
                if let value { outcome.value = try resolution.resolve(value, into: &outcome) }
                personal[place] = outcome
            }
        }
        self.personal = personal
    }

    /// The entity tag: it covers the values, the secrets' versions, what is kept back, and the form of the answer.
    var tag: String {
        if let common = document.common, asked.format == .json, !asked.explains { return common.tag }
        var tag = EffectiveTag(document.hash, document.revision, asked.format, explains: asked.explains)
        for (place, outcome) in personal.sorted(by: { $0.key < $1.key }) { tag.cover(outcome, at: place) }
        return tag.text
    }

    /// The answer's `data`.
    var data: [UInt8] {
        if let common = document.common, !asked.explains { return common.rendered }
        var members: [[UInt8]] = []
        var fixed: [String] = []
        var sources = JSONObject()
        for (place, leaf) in document.leaves.enumerated() {
            let outcome = personal[place]
            // What is kept back is named in any case.
            if asked.explains || outcome?.isRedacted ?? false {
                sources.members.append(.init(name: leaf.key, value: EffectiveAnswer.source(leaf, outcome)))
            }
            if let outcome {
                guard let value = outcome.value else { continue }
                var member: [UInt8] = []
                member.appendJSONName(leaf.key)
                member.append(contentsOf: value.serialized())
                members.append(member)
            } else {
                members.append(leaf.member)
            }
            if leaf.isStatic { fixed.append(leaf.key) }
        }
        return EffectiveAnswer.text(
            document.place, revision: document.revision, hash: document.hash, staticHash: document.staticHash, members,
            fixed, sources: asked.explains || !sources.members.isEmpty ? JSON.object(sources).serialized() : nil)
    }

    /// The keys with their values, and what is kept back by its dotted path, for the other forms.
    var entries: (values: [(key: String, value: JSON)], leftOut: [String]) {
        let leftOut = personal.sorted { $0.key < $1.key }.flatMap { place, outcome in
            outcome.keptBack.map { PathText.text([document.leaves[place].key] + $0) }
        }
        let values = served.map { leaf, value in
            (leaf.key, asked.format == .toml && leaf.definition.type == .float ? TOMLText.float(value) : value)
        }
        return (values, leftOut)
    }

    /// The leaves with their values, without what is kept back of them.
    var served: [(leaf: EffectiveDocument.Leaf, value: JSON)] {
        document.leaves.enumerated().compactMap { place, leaf in
            guard let outcome = personal[place] else { return leaf.value.map { (leaf, $0) } }
            return outcome.value?.without(outcome.keptBack.map { $0[...] }).map { (leaf, $0) }
        }
    }
}

/// Reads values of sensitive keys for those who may reveal them.
struct SensitiveReading {
    private let scope: ConfigScope
    private let moment: Moment?

    init(_ scope: ConfigScope, asOf moment: Moment? = nil) {
        self.scope = scope
        self.moment = moment
    }

    /// Whether the caller may see the value that a layer has for a key: it may `update` the path that reveals it.
    func isAllowed(_ layer: Layer, _ key: String) -> Bool {
        let request = scope.request
        if request.caller.isRoot { return true }
        return request.rights.allow(.update, request.mount.path + Array("reveal/".utf8) + layer.place(of: key))
    }

    /// The merged value; kept back when the caller may not see that of one of the layers.
    func value(of leaf: EffectiveDocument.Leaf, _ outcome: inout PersonalValue) throws(EngineError) -> JSON? {
        let base = leaf.definition.defaultValue.map { LayerValue(said: $0) }
        var layers = leaf.sources.map(\.layer)
        // Everybody sees the default.
        if base != nil { layers.append(.global) }
        guard layers.allSatisfy({ isAllowed($0, leaf.key) }) else {
            outcome.isRedacted = true
            outcome.keptBack = [[]]
            outcome.problem = "is sensitive, and may not be revealed with this token"
            return PersonalValue.redacted
        }
        let paths = leaf.sources.map { $0.layer.place(of: leaf.key) }
        try scope.transaction.need(paths.map { StoreKey(scope.realm, ConfigRecords.entries, $0) })
        var said: [LayerValue?] = [base]
        for (path, source) in zip(paths, leaf.sources) {
            // A key is made sensitive while no rollout changes it, so this one was on its way before.
            if source.rollout != nil {
                said.append(source.entry.said)
                continue
            }
            let document: StoredDocument?
            if let moment {
                document = try scope.documents.document(.entry, path, asOf: moment)
            } else {
                document = try scope.documents.current(.entry, path)
            }
            said.append(try document?.layerValue())
        }
        return LayerMerge.merge(said)?.value
    }
}
