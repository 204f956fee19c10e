import EngineKit
import Notation

extension Serving {
    private static let members = ["stable", "candidate", "percent", "max_error_percent"]

    /// What is to be served after a request that names what is to change; the rest stays.
    ///
    /// - Parameters:
    ///   - request: `stable`, `candidate` (0 for none any more), `percent`, `max_error_percent`.
    ///   - metadata: what is known about the secret.
    static func changed(_ request: EngineRequest, _ metadata: SecretMetadata) throws(EngineError) -> Serving {
        try EngineError.model { () throws(ModelError) in
            let object = try ModelObject(.object(request.input.members), path: "", allowing: members)
            var serving = metadata.serving ?? Serving(stable: metadata.currentVersion, since: request.now)
            let versions = 0...SecretMetadata.numberLimit
            if let field = object["stable"] {
                let stable = try field.integer(in: versions)
                if stable == serving.candidate { serving.dropCandidate(at: request.now) }
                if stable != serving.stable { (serving.stable, serving.since) = (stable, request.now) }
            }
            if let field = object["candidate"] {
                let candidate = try field.integer(in: versions)
                if candidate == 0 {
                    serving.dropCandidate(at: request.now)
                } else if candidate != serving.candidate {
                    (serving.candidate, serving.share, serving.since) = (candidate, 0, request.now)
                }
            }
            try serving.takeShares(of: object)
            if let problem = metadata.problem(with: serving, at: request.now) { throw problem }
            return serving
        }
    }

    /// What is to be served after a write whose version is to be tried first, `options.canary` of its body.
    ///
    /// - Parameters:
    ///   - request: the write.
    ///   - metadata: what is known about the secret before it.
    /// - Returns: `nil` when the write does not ask for it.
    static func begun(_ request: EngineRequest, _ metadata: SecretMetadata) throws(EngineError) -> Serving? {
        guard let json = try request.input.object("options")?["canary"], json.kind != .null else { return nil }
        var serving = metadata.serving ?? Serving(stable: metadata.currentVersion, since: request.now)
        return try EngineError.model { () throws(ModelError) in
            let object = try ModelObject(json, path: "options.canary", allowing: ["percent", "max_error_percent"])
            serving.dropCandidate(at: request.now)
            if let problem = metadata.problem(with: serving, at: request.now) { throw problem }
            serving.candidate = metadata.currentVersion + 1
            try serving.takeShares(of: object)
            return serving
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

    /// Why the versions cannot be served; `nil` when they can.
    fileprivate func problem(with serving: Serving, at now: Timestamp) -> ModelError? {
        for (name, number) in [("stable", serving.stable), ("candidate", serving.candidate)] {
            if number == 0, name == "candidate" { continue }
            guard let entry = self[version: number], !entry.isGone(at: now) else {
                return ModelError(path: name, problem: "version \(number) is not there to be served")
            }
        }
        return serving.stable == serving.candidate
            ? ModelError(path: "candidate", problem: "is the stable version already") : nil
    }
}
