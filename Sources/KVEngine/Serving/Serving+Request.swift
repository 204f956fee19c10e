import EngineKit
import Notation

extension Serving {
    private static let members = ["stable", "candidate", "percent", "max_error_percent", "promote"]

    /// What is to be served after a request that names what is to change; the rest stays.
    ///
    /// - Parameters:
    ///   - request: `stable`, `candidate` (0 for none any more), `percent`, `max_error_percent`; or `promote` alone, the
    ///     candidate that everyone is to get.
    ///   - metadata: what is known about the secret.
    static func changed(_ request: EngineRequest, _ metadata: SecretMetadata) throws(EngineError) -> Serving {
        try EngineError.model { () throws(ModelError) in
            let object = try ModelObject(numbers(in: request.input.members), path: "", allowing: members)
            if let field = object["promote"] { return try promoted(field, request, metadata) }
            var serving: Serving
            if let present = metadata.serving {
                serving = present
            } else {
                serving = try beginning(object, request, metadata)
            }
            try serving.takeVersions(of: object, metadata, now: request.now)
            try serving.takeShares(of: object)
            return serving
        }
    }

    /// What is to be served after a write whose version is to be tried first, `options.canary` of its body.
    ///
    /// Where it is said already what is served, the caller needs the right to say it.
    ///
    /// - Parameters:
    ///   - request: the write.
    ///   - path: the secret's path inside of the mount.
    ///   - metadata: what is known about the secret before it.
    /// - Returns: `nil` when the write does not ask for it.
    static func begun(
        _ request: EngineRequest, of path: [UInt8], _ metadata: SecretMetadata
    ) throws(EngineError) -> Serving? {
        guard let json = try request.input.object("options")?["canary"], json.kind != .null else { return nil }
        guard metadata.currentVersion > 0 else {
            throw .invalid("options.canary: there is no version yet that all others could get")
        }
        let place = request.mount.path + Array("serving/".utf8) + path
        guard metadata.serving == nil || request.caller.isRoot || request.rights.allow(.update, place) else {
            throw .permissionDenied(reason: "what is served may not be changed with this token")
        }
        return try EngineError.model { () throws(ModelError) in
            let object = try ModelObject(
                json.objectValue.map(numbers) ?? json, path: "options.canary",
                allowing: ["percent", "max_error_percent"])
            let stable = metadata.serving?.stable ?? metadata.currentVersion
            try metadata.checkServed(stable, "stable", now: request.now)
            var serving = Serving(stable: stable, candidate: metadata.currentVersion + 1, since: request.now)
            try serving.takeShares(of: object)
            return serving
        }
    }

    /// Members whose texts are numbers as numbers, as Vault's API takes them everywhere.
    private static func numbers(in members: JSONObject) -> JSON {
        .object(
            JSONObject(
                members.members.map { member in
                    guard case .string(let text) = member.value, let json = try? JSON(parsing: Array(text.utf8)),
                        json.kind == .number
                    else { return member }
                    return .init(name: member.name, value: json)
                }))
    }

    private static func beginning(
        _ object: ModelObject, _ request: EngineRequest, _ metadata: SecretMetadata
    ) throws(ModelError) -> Serving {
        guard object["stable"] != nil || object["candidate"]?.json.intValue ?? 0 > 0 else {
            throw ModelError(path: "", problem: "stable or candidate must say which version is to be served")
        }
        let stable = metadata.currentVersion
        if object["stable"] == nil { try metadata.checkServed(stable, "stable", now: request.now) }
        return Serving(stable: stable, since: request.now)
    }

    private static func promoted(
        _ field: ModelField, _ request: EngineRequest, _ metadata: SecretMetadata
    ) throws(ModelError) -> Serving {
        guard request.input.members.members.count == 1 else { throw field.failure("must stand alone") }
        let version = try field.integer(in: 1...SecretMetadata.numberLimit)
        guard var serving = metadata.serving, serving.candidate == version else {
            throw field.failure("is not the version that is tried")
        }
        try metadata.checkServed(version, "promote", now: request.now)
        serving.dropCandidate(at: request.now)
        serving.stable = version
        return serving
    }

    private mutating func takeVersions(
        of object: ModelObject, _ metadata: SecretMetadata, now: Timestamp
    ) throws(ModelError) {
        let versions = 0...SecretMetadata.numberLimit
        if let field = object["stable"] {
            let version = try field.integer(in: versions)
            try metadata.checkServed(version, field.path, now: now)
            if version == candidate { dropCandidate(at: now) }
            if version != stable { (stable, since) = (version, now) }
        }
        if let field = object["candidate"] {
            let version = try field.integer(in: versions)
            if version == 0 {
                if hasCandidate { dropCandidate(at: now) }
            } else if version != candidate {
                guard version != stable else { throw field.failure("is the stable version already") }
                try metadata.checkServed(version, field.path, now: now)
                (candidate, share, since) = (version, 0, now)
            }
        }
    }

    private mutating func takeShares(of object: ModelObject) throws(ModelError) {
        if let field = object["max_error_percent"] {
            allowedErrorShare = try Percentage.read(field)
            guard (1...Percentage.whole / 2).contains(allowedErrorShare) else {
                throw field.failure("must be above 0 and at most 50")
            }
        }
        if let field = object["percent"] {
            guard hasCandidate else { throw field.failure("is the share of a candidate, and there is none") }
            share = try Percentage.read(field)
        }
        guard !hasCandidate || share > 0 else {
            throw ModelError(path: object.path(of: "percent"), problem: "must say which share gets the candidate")
        }
    }
}

extension SecretMetadata {
    /// The largest number that a version can have.
    static let numberLimit = 1 << 48

    /// Refuses a version that nobody could read.
    fileprivate func checkServed(_ number: Int, _ path: String, now: Timestamp) throws(ModelError) {
        guard let entry = self[version: number], !entry.isGone(at: now) else {
            throw ModelError(path: path, problem: "version \(number) is not there to be served")
        }
    }
}
