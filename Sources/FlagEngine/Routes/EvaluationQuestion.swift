import EngineKit
import Notation

/// What a request to evaluate asks.
struct EvaluationQuestion {
    let scope: FlagScope
    /// The environment's name.
    let environment: [UInt8]
    /// Whom the flags are evaluated for.
    let context: EvaluationContext
    /// As of when; `nil` for now.
    let moment: Moment?
    /// The time that conditions on the time see.
    let time: Timestamp
    /// Whether the steps are told.
    let explains: Bool
    /// Whether a receipt is asked for.
    let wantsReceipt: Bool
    /// Whether the caller sees what may be seen by everybody only: its token is one that browsers hold, or it asks so.
    private let isPublic: Bool

    /// Reads a request.
    ///
    /// - Throws: `EngineError.status` without such an environment, `EngineError.invalid` for a context that is none.
    init(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) {
        scope = FlagScope(request, transaction)
        environment = request.captures["env"]
        let isPublicToken = request.caller.metadata("public")?.utf8.elementsEqual("true".utf8) ?? false
        // Everybody may ask for less.
        let wantsPublic = try request.input.bool("client_visible") ?? false
        isPublic = isPublicToken || wantsPublic
        guard try Environments(scope).find(environment) != nil else {
            throw .status(404, ["no environment named \"\(String(decoding: environment, as: UTF8.self))\""])
        }
        do throws(ContextError) {
            context = try EvaluationContext(request.input.members["context"])
        } catch {
            throw .invalid("context: \(error)")
        }
        // By remote evaluation nothing is explained, nor asked of the past.
        let isRemote = request.dialect == .ofrep
        moment = isRemote ? nil : try Moment.read(request.input, now: request.now, newest: scope.log.revision)
        explains = isRemote ? false : try request.input.bool("explain") ?? false
        wantsReceipt = isRemote ? false : try request.input.bool("receipt") ?? false
        time = if case .time(let past)? = moment { past } else { request.now }
    }

    /// The request.
    var request: EngineRequest { scope.request }

    /// The environment's name as text.
    var environmentText: String { String(decoding: environment, as: UTF8.self) }

    /// Whether the caller may know of a flag at all.
    func sees(_ flag: CompiledFlag?) -> Bool {
        !isPublic || flag?.source.definition.isClientVisible ?? false
    }

    /// The places of the flags in a set that the caller may evaluate, with the variations it is not served.
    func allowed(in set: FlagSet) -> [(index: Int, denied: Set<[UInt8]>)] {
        let folder = request.mount.path + Array("evaluate/".utf8) + environment + [UInt8(ascii: "/")]
        return set.flags.indices.compactMap { index in
            let flag = set.flags[index]
            guard sees(flag) else { return nil }
            if request.caller.isRoot { return (index, []) }
            let path = folder + Array(flag.key.utf8)
            guard request.rights.allow(.evaluate, path) else { return nil }
            return (index, request.rights.deniedVariations(path))
        }
    }

    /// Whether this is a use of the flags, which counts, and not a look at them: the past and explanations are.
    var isUse: Bool { moment == nil && !explains }

    /// Whether only what everybody may see is told.
    var seesPublicOnly: Bool { isPublic }
}

/// The entity tag of an answer for all flags (RFC 9110, section 8.8.3).
///
/// It covers everything the answer depends on: the revision of the flags, or of those that everybody may see where the
/// token sees no others, the context, what the token may see, and the next instant at which a condition on the time can
/// turn. So a client that already has the answer is told so without any evaluation.
enum EvaluationTag {
    /// The tag, quotes included.
    static func text(_ asked: EvaluationQuestion, _ set: FlagSet) -> String {
        var hash = BLAKE2b256()
        hash.update(asked.request.mount.realm.bytes.span)
        hash.update(asked.environment.span)
        hash.update(0)
        let isPublic = asked.seesPublicOnly
        if isPublic {
            let digest = set.publicPart.digest
            hash.update(digest.span)
        } else {
            hash.update(number: set.revision)
        }
        hash.update(number: asked.request.rights.fingerprint)
        hash.update(isPublic ? 1 : 0)
        let boundary =
            isPublic
            ? set.publicPart.nextTimeBoundary(after: asked.time) : set.nextTimeBoundary(after: asked.time)
        if let boundary {
            hash.update(Array(boundary.description.utf8).span)
        }
        hash.update(0)
        hash.update(asked.context.canonicalJSON.span)
        return "\"\(Hexadecimal.encode(Array(hash.finish().bytes.prefix(16))))\""
    }
}
