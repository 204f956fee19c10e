import EngineKit
import Notation

/// Puts secrets in the place of the references to them, by the rights of whoever asks.
///
/// What it reads is put together for one answer and forgotten.
struct ReferenceResolution {
    private let request: EngineRequest
    private let transaction: Transaction
    private let moment: Timestamp?
    private let vault: any VaultAccess

    /// Prepares to resolve.
    ///
    /// - Parameters:
    ///   - moment: as of when secrets are read whose reference names no version; `nil` for now.
    ///   - instance: whose versions are served where a secret has a candidate; empty for nobody's.
    init(_ request: EngineRequest, _ transaction: Transaction, asOf moment: Timestamp? = nil, instance: String = "") {
        self.request = request
        self.transaction = transaction
        self.moment = moment
        vault = instance.utf8.isEmpty ? request.vault : request.vault.standing(for: instance)
    }

    /// A value with its references resolved; each that cannot be is redacted by itself.
    ///
    /// It calls itself once per level of the value, which the parser has limited.
    ///
    /// - Parameter place: where the value stands in that of its key, as names of members.
    func resolve(
        _ value: JSON, at place: [String] = [], into outcome: inout PersonalValue
    ) throws(EngineError) -> JSON {
        if SecretReference.isReference(value) {
            var own = PersonalValue()
            let resolved: JSON
            if let reference = try? SecretReference(value) {
                resolved = try secret(reference, into: &own)
            } else {
                resolved = redact("not a reference", &own)
            }
            outcome.take(own, at: place)
            return resolved
        }
        switch value {
        case .array(let elements):
            let known = outcome.keptBack.count
            var resolved: [JSON] = []
            for element in elements { resolved.append(try resolve(element, at: place, into: &outcome)) }
            // A list without one of its elements would be another list: all of it is kept back.
            if outcome.keptBack.count > known { outcome.keptBack[known...] = [place] }
            return .array(resolved)
        case .object(let object):
            var members: [JSONObject.Member] = []
            for member in object.members {
                let resolved = try resolve(member.value, at: place + [member.name], into: &outcome)
                members.append(.init(name: member.name, value: resolved))
            }
            return .object(JSONObject(members))
        case .null, .bool, .number, .string: return value
        }
    }

    /// Why the caller could not read what a reference names; `nil` when it could. Nobody gets at a secret by writing
    /// down where it is.
    func problem(with reference: SecretReference) throws(EngineError) -> String? {
        var outcome = PersonalValue()
        _ = try secret(reference, into: &outcome)
        return outcome.problem
    }

    private func secret(
        _ reference: SecretReference, into outcome: inout PersonalValue
    ) throws(EngineError) -> JSON {
        guard vault.couldHoldSecret(reference.path) else { return redact("is not there", &outcome) }
        var input = JSONObject()
        if let version = reference.version {
            input["version"] = .integer(version)
        } else if let moment {
            switch try version(of: reference, asOf: moment) {
            case .served: break
            case .number(let version): input["version"] = .integer(version)
            case .gone: return redact("is not there as it was then", &outcome)
            }
        }
        let response: EngineResponse
        do throws(EngineError) {
            response = try vault.ask(.read, reference.path, Input(members: input), transaction)
        } catch {
            switch error {
            case .permissionDenied: return redact("may not be read with this token", &outcome)
            case .notFound, .unsupportedPath, .unsupportedOperation, .invalid, .mismatch, .status:
                return redact("is not there", &outcome)
            case .internalError, .store, .notLoaded, .inconsistentRead: throw error
            }
        }
        guard response.status ?? 200 < 300, let data = response.dataObject else {
            return redact("is not there", &outcome)
        }
        // Version 2 has the fields beside the version's facts, version 1 has nothing else.
        let metadata = data["metadata"]
        let version = metadata?["version"]?.intValue
        let fields = version == nil ? data : data["data"]?.objectValue ?? JSONObject()
        guard let value = fields[reference.field] else { return redact("has no such field", &outcome) }
        if let version { outcome.secretVersions.append(version) }
        if let created = metadata?["created_time"]?.stringValue { outcome.secretTimes.append(created) }
        return value
    }

    /// Which version of a secret was current at an earlier moment.
    private enum EarlierVersion {
        /// The one that is served now: there are no versions to choose from, or it was said since when it is served.
        case served
        /// This one.
        case number(Int)
        /// One that is no longer there.
        case gone
    }

    /// The version that was current as of a moment.
    ///
    /// It is found without the caller's rights, who is told what it may read of that version.
    private func version(
        of reference: SecretReference, asOf moment: Timestamp
    ) throws(EngineError) -> EarlierVersion {
        guard let path = request.vault.metadataPath(ofSecret: reference.path) else { return .served }
        let response: EngineResponse
        do throws(EngineError) {
            response = try request.vault.unchecked.ask(.read, path, .none, transaction)
        } catch {
            switch error {
            case .internalError, .store, .notLoaded, .inconsistentRead: throw error
            case .permissionDenied, .notFound, .unsupportedPath, .unsupportedOperation, .invalid, .mismatch, .status:
                return .gone
            }
        }
        let serving = response.dataObject?["serving"]?["since"]?.stringValue.flatMap { Timestamp(parsing: $0) }
        if let serving, serving <= moment { return .served }
        var newest: Int?
        for version in response.dataObject?["versions"]?.objectValue?.members ?? [] {
            guard let number = Int(version.name), let text = version.value["created_time"]?.stringValue,
                let created = Timestamp(parsing: text), created <= moment
            else { continue }
            newest = max(newest ?? 0, number)
        }
        return newest.map { .number($0) } ?? .gone
    }

    private func redact(_ problem: String, _ outcome: inout PersonalValue) -> JSON {
        outcome.isRedacted = true
        outcome.problem = problem
        return PersonalValue.redacted
    }
}
