import EngineKit
import Notation

/// Everything a mount says at one revision: what keys are, what each layer says of them, and what is on its way.
///
/// Values of sensitive keys are not in it: they are read from the store when somebody may see them.
struct Picture: Sendable {
    /// A key's value in a layer.
    struct Entry: Sendable {
        /// What the layer says; `nil` when the key is sensitive.
        let said: LayerValue?
        /// Whether the layer says that there is no value; told of sensitive keys too.
        let isUnset: Bool
        let version: Int
        let revision: UInt64
        let author: String
        let time: Timestamp
    }

    /// A key.
    struct Key: Sendable {
        let definition: KeyDefinition
        let revision: UInt64
    }

    /// The revision of the mount.
    var revision: UInt64
    /// What the keys are.
    var keys: [String: Key] = [:]
    /// What layers say, by the layers' paths.
    var layers: [[UInt8]: [String: Entry]] = [:]
    /// The newest revision that changed a layer, deletions included, by the layers' paths.
    var layerRevisions: [[UInt8]: UInt64] = [:]
    /// The newest revision that changed what a key is.
    var keysRevision: UInt64 = 0
    /// The rollouts that have not ended.
    var rollouts: [Rollout] = []
    /// The newest revision of a rollout, by the layer.
    var rolloutRevisions: [[UInt8]: UInt64] = [:]

    /// What a key is.
    func definition(_ key: String) -> KeyDefinition { keys[key]?.definition ?? .undeclared }

    /// The newest revision that changed what a place is served.
    func revision(for place: Place) -> UInt64 {
        place.layers.reduce(keysRevision) { newest, layer in
            max(newest, layerRevisions[layer.path] ?? 0, rolloutRevisions[layer.path] ?? 0)
        }
    }

    /// The rollouts that an instance takes part in, of those on a layer.
    func rollouts(on layer: Layer, for place: Place) -> [Rollout] {
        rollouts.filter { $0.plan.layer == layer && $0.reaches(place.instance) }
    }
}

/// Reads a mount's picture from its records.
struct PictureLoading {
    private let scope: ConfigScope
    private let moment: Moment?

    /// Prepares to read.
    ///
    /// - Parameter moment: as of when; `nil` for now.
    init(_ scope: ConfigScope, asOf moment: Moment? = nil) {
        self.scope = scope
        self.moment = moment
    }

    /// All of the mount.
    func all(at revision: UInt64) throws(EngineError) -> Picture {
        var picture = Picture(revision: revision)
        let keys = try scope.documents.names(ConfigRecords.keys)
        let entries = try scope.documents.names(ConfigRecords.entries)
        let rollouts = try scope.documents.names(ConfigRecords.rollouts)
        try scope.transaction.need(
            keys.map { StoreKey(scope.realm, ConfigRecords.keys, $0) }
                + entries.map { StoreKey(scope.realm, ConfigRecords.entries, $0) }
                + rollouts.map { StoreKey(scope.realm, ConfigRecords.rollouts, $0) })
        for key in keys { try read(key: key, into: &picture) }
        for entry in entries { try read(entry: entry, into: &picture) }
        for rollout in rollouts { try read(rollout: rollout, into: &picture) }
        // A rotation leaves no trace in the values themselves.
        for layer in try moment == nil ? RotationRecord(scope).layers.members : [] {
            guard case .number(let text) = layer.value, let told = UInt64(text) else { continue }
            let path = Array(layer.name.utf8)
            picture.layerRevisions[path] = max(picture.layerRevisions[path] ?? 0, told)
        }
        return picture
    }

    /// Brings a picture up to date by what changed since.
    func renew(
        _ picture: inout Picture, _ changes: [ConfigLog.Change], at revision: UInt64
    ) throws(EngineError) {
        let first = picture.revision
        picture.revision = revision
        let entries = Set(
            changes.flatMap { change -> [[UInt8]] in
                guard let layer = change.layer, !change.isRotation else { return [] }
                return change.keys.map { layer.place(of: $0) }
            })
        let keys = Set(changes.filter { $0.layer == nil && $0.pinned == nil }.flatMap(\.keys))
        let rollouts = Set(changes.compactMap(\.rollout))
        try scope.transaction.need(
            entries.map { StoreKey(scope.realm, ConfigRecords.entries, $0) }
                + keys.map { StoreKey(scope.realm, ConfigRecords.keys, Array($0.utf8)) }
                + rollouts.map { StoreKey(scope.realm, ConfigRecords.rollouts, Array($0.utf8)) })
        for key in keys {
            try read(key: Array(key.utf8), into: &picture)
            // A key that becomes sensitive takes its values out of the picture, and one that no longer is puts them in.
            for (layer, values) in picture.layers where values[key] != nil {
                try read(entry: layer + [UInt8(ascii: "/")] + Array(key.utf8), into: &picture)
            }
        }
        for entry in entries { try read(entry: entry, into: &picture) }
        for rollout in rollouts { try read(rollout: Array(rollout.utf8), into: &picture) }
        for (offset, change) in changes.enumerated() where change.isRotation {
            guard let layer = change.layer else { continue }
            let promised = first + UInt64(offset) + 1
            picture.layerRevisions[layer.path] = max(picture.layerRevisions[layer.path] ?? 0, promised)
        }
    }

    /// Makes sure that what was read holds the changes that the revision promises.
    ///
    /// A handler may have read a document before a commit, and the revision after it; a picture made of both would be
    /// wrong for everybody after.
    ///
    /// - Parameter first: the revision before the first of the changes.
    /// - Throws: `EngineError.inconsistentRead` when a change is missing.
    func check(_ changes: [ConfigLog.Change], after first: UInt64) throws(EngineError) {
        for (offset, change) in changes.enumerated() where change.pinned == nil && !change.isRotation {
            let promised = first + UInt64(offset) + 1
            var places: [(kind: DocumentKind, path: [UInt8])] = []
            if let rollout = change.rollout {
                places = [(.rollout, Array(rollout.utf8))]
            } else if let layer = change.layer {
                places = change.keys.map { (.entry, layer.place(of: $0)) }
            } else {
                places = change.keys.map { (.key, Array($0.utf8)) }
            }
            for (kind, path) in places {
                let found = try scope.documents.current(kind, path)?.revision ?? 0
                guard found >= promised else { throw .inconsistentRead }
            }
        }
    }

    private func read(key name: [UInt8], into picture: inout Picture) throws(EngineError) {
        let key = String(decoding: name, as: UTF8.self)
        let document = try document(.key, name)
        picture.keysRevision = max(picture.keysRevision, document?.revision ?? 0)
        picture.keys[key] = nil
        if let document, !document.isDeleted {
            picture.keys[key] = .init(definition: try document.keyDefinition(), revision: document.revision)
        }
        // What is sensitive now was so all along.
        if moment != nil, try scope.definitionForShowing(key).isSensitive {
            var definition = picture.definition(key)
            definition.isSensitive = true
            picture.keys[key] = .init(definition: definition, revision: document?.revision ?? 0)
        }
    }

    private func read(entry path: [UInt8], into picture: inout Picture) throws(EngineError) {
        guard let document = try document(.entry, path), let slash = path.lastIndex(of: UInt8(ascii: "/")) else {
            return
        }
        let layer = Array(path[..<slash])
        let key = String(decoding: path[(slash + 1)...], as: UTF8.self)
        picture.layerRevisions[layer] = max(picture.layerRevisions[layer] ?? 0, document.revision)
        guard let said = try document.layerValue() else { return picture.layers[layer, default: [:]][key] = nil }
        let isSensitive = picture.definition(key).isSensitive
        picture.layers[layer, default: [:]][key] = .init(
            said: isSensitive ? nil : said, isUnset: said.value == nil, version: document.version,
            revision: document.revision,
            author: document.author, time: document.time)
    }

    private func read(rollout name: [UInt8], into picture: inout Picture) throws(EngineError) {
        picture.rollouts.removeAll { $0.id.utf8.elementsEqual(name) }
        guard let document = try document(.rollout, name) else { return }
        let rollout = try Rollout(String(decoding: name, as: UTF8.self), document)
        let layer = rollout.plan.layer.path
        picture.rolloutRevisions[layer] = max(picture.rolloutRevisions[layer] ?? 0, document.revision)
        if !document.isDeleted, rollout.state.phase.isServed { picture.rollouts.append(rollout) }
    }

    private func document(_ kind: DocumentKind, _ path: [UInt8]) throws(EngineError) -> StoredDocument? {
        guard let moment else { return try scope.documents.current(kind, path) }
        return try scope.documents.document(kind, path, asOf: moment)
    }
}
