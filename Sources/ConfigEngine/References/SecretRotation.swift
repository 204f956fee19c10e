package import EngineKit
import Notation

/// Notices that secrets which values refer to have new versions, and notes it as a change of these values.
///
/// A mount remembers the versions that it has told of. What is new is noted in the log of changes like any change, so
/// everybody who waits for one hears of it; no value and no version of the values themselves changes.
struct SecretRotation {
    private let scope: ConfigScope
    private let vault: any VaultAccess

    init(_ scope: ConfigScope) {
        self.scope = scope
        vault = scope.request.vault.unchecked
    }

    /// Remembers how the secrets of a value are when it is written, so that any rotation after that is told.
    func remember(_ value: JSON) throws(EngineError) {
        let references = ((try? SecretReference.all(in: value)) ?? []).filter { $0.version == nil }
        guard !references.isEmpty else { return }
        var record = try RotationRecord(scope)
        let new = references.map(\.path).filter { record.versions[String(decoding: $0, as: UTF8.self)] == nil }
        guard !new.isEmpty else { return }
        for found in try versions(of: new).members where !found.value.isIdentical(to: .null) {
            record.versions[found.name] = found.value
        }
        record.put(scope)
    }

    /// Looks at the secrets, and notes which have changed since the last look.
    ///
    /// - Returns: the keys whose values a rotation has changed.
    func note(_ uses: ReferenceUses) throws(EngineError) -> [String] {
        let watched = uses.all.filter { !$0.isFixed }
        var record = try RotationRecord(scope)
        let told = record.versions
        guard !watched.isEmpty || !told.members.isEmpty else { return [] }
        let versions = try versions(of: watched.map(\.path))
        if JSON.object(versions).isIdentical(to: .object(told)) { return [] }
        var changed: [String] = []
        var byLayer: [(layer: Layer, keys: [String])] = []
        for use in watched {
            let path = String(decoding: use.path, as: UTF8.self)
            // What is seen for the first time was there before rotations were noted.
            guard let before = told[path], let now = versions[path], !Self.isSame(before, now) else { continue }
            changed.append(use.key)
            if let place = byLayer.firstIndex(where: { $0.layer == use.layer }) {
                byLayer[place].keys.append(use.key)
            } else {
                byLayer.append((use.layer, [use.key]))
            }
        }
        for (layer, keys) in byLayer {
            let revision = try scope.log.append(
                .init(layer: layer, keys: keys, isRotation: true, time: scope.request.now))
            record.layers[layer.text] = .integer(revision)
        }
        record.versions = versions
        record.put(scope)
        return changed
    }

    /// Whether two looks have seen the same.
    private static func isSame(_ before: JSON, _ now: JSON) -> Bool {
        if before.isIdentical(to: now) { return true }
        // Earlier releases remembered the number alone.
        if case .number = before { return before.isIdentical(to: now["version"] ?? .null) }
        return false
    }

    /// The current version of each secret, by its path.
    private func versions(of paths: [[UInt8]]) throws(EngineError) -> JSONObject {
        JSONObject(
            try Set(paths).sorted { $0.lexicographicallyPrecedes($1) }.mapLoading { path throws(EngineError) in
                JSONObject.Member(name: String(decoding: path, as: UTF8.self), value: try version(of: path))
            })
    }

    /// What is seen of a secret: the number of its current version and when it was first made, since numbers begin anew
    /// with a secret that was deleted as a whole; `null` where there is none to be read.
    private func version(of path: [UInt8]) throws(EngineError) -> JSON {
        // Of other things than secrets nobody knows how often they change.
        guard vault.couldHoldSecret(path) else { return .null }
        let metadata = vault.metadataPath(ofSecret: path)
        let data: JSONObject?
        do throws(EngineError) {
            data = try vault.ask(.read, metadata ?? path, .none, scope.transaction).dataObject
        } catch {
            switch error {
            case .notFound, .unsupportedPath, .unsupportedOperation, .invalid, .mismatch, .status: return .null
            case .permissionDenied, .internalError, .store, .notLoaded, .inconsistentRead: throw error
            }
        }
        guard let data else { return .null }
        guard metadata != nil, let number = data["current_version"]?.intValue else {
            // Without versions, a digest of the whole tells as much; it stays in the store.
            return .string(BLAKE2b256.digest(of: CanonicalJSON.bytes(of: data).span).hexadecimal)
        }
        guard let serving = data["serving"]?.objectValue else {
            return SecretState(data, now: scope.request.now).isGone
                ? .null : ["version": .integer(number), "made": data["created_time"] ?? .null]
        }
        // Who is served which version, and whether it is there, is all that readers see.
        var seen = serving.only(["stable", "candidate", "percent"])
        seen["made"] = data["created_time"] ?? .null
        for name in ["stable", "candidate"] {
            guard let number = serving[name]?.intValue else { continue }
            seen["\(name)_gone"] = .bool(SecretState(data, version: number, now: scope.request.now).isGone)
        }
        return .object(seen)
    }
}

/// What a mount remembers of rotations: the versions that it has told of, and the revision of the last one by layer.
struct RotationRecord {
    /// The versions of secrets, by their paths.
    var versions: JSONObject
    /// The revisions, by the layers' paths.
    var layers: JSONObject

    init(_ scope: ConfigScope) throws(EngineError) {
        let json = try scope.transaction.get(Self.key(scope)).flatMap { try? JSON(parsing: $0, limits: .stored) }
        versions = json?["versions"]?.objectValue ?? [:]
        layers = json?["layers"]?.objectValue ?? [:]
    }

    func put(_ scope: ConfigScope) {
        let object: JSONObject = ["versions": .object(versions), "layers": .object(layers)]
        scope.transaction.put(Self.key(scope), JSON.object(object).serialized())
    }

    private static func key(_ scope: ConfigScope) -> StoreKey { StoreKey(scope.realm, ConfigRecords.rotations, []) }
}

extension ConfigurationEngine {
    /// Notes which secrets that values refer to have new versions.
    ///
    /// - Returns: what came of it; nothing when nothing has changed.
    package func noteRotations(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        let changed = try SecretRotation(scope).note(try uses(scope))
        return changed.isEmpty ? .noContent : .data(["keys": .strings(changed)])
    }

    /// The uses of secrets, looked for only when the mount has changed.
    func uses(_ scope: ConfigScope) throws(EngineError) -> ReferenceUses {
        let picture = try pictures.current(scope)
        if let known = pictures.uses(scope.realm, at: picture.revision) { return known }
        let uses = try ReferenceUses(scope, picture)
        pictures.keep(uses, scope.realm, madeOf: picture)
        return uses
    }
}
