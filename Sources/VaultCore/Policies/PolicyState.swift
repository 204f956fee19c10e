import EngineKit
import Notation

/// What is known of a policy beside its text.
struct PolicyState: Sendable {
    /// How often it was written.
    var version = 1
    /// When it was written; `nil` for one that is older than this record of it.
    var modified: Timestamp?
    /// Whether a write must name the version that it replaces.
    var requiresCheck = false
    /// When it ends; `nil` for never.
    var expiration: Timestamp?
    /// Whether whoever reads it is told all this, because whoever wrote it asked for some of it.
    var isTold = false

    /// The state of a policy that nothing is known of.
    init() {}

    /// Reads a stored state back; `nil` when the bytes are not one.
    init?(decoding bytes: [UInt8]) {
        guard let object = (try? JSON(parsing: bytes))?.objectValue, let version = object["version"]?.intValue else {
            return nil
        }
        self.version = version
        modified = object["modified"]?.stringValue.flatMap { Timestamp(parsing: $0) }
        requiresCheck = object["cas_required"]?.boolValue ?? false
        expiration = object["expiration"]?.stringValue.flatMap { Timestamp(parsing: $0) }
        isTold = object["told"]?.boolValue ?? false
    }

    /// The state as it is stored.
    func encoded() -> [UInt8] {
        var object = fields
        object["told"] = .bool(isTold)
        return JSON.object(object).serialized()
    }

    /// The state as the API shows it.
    var fields: JSONObject {
        var object: JSONObject = ["cas_required": .bool(requiresCheck), "version": .integer(version)]
        if let modified { object["modified"] = .string(modified.description) }
        if let expiration { object["expiration"] = .string(expiration.description) }
        return object
    }

    /// Whether the policy has ended.
    func isExpired(at now: Timestamp) -> Bool { expiration.map { $0 <= now } ?? false }

    /// The state of a policy that is stored.
    static func stored(_ name: some Sequence<UInt8>, _ transaction: Transaction) throws(EngineError) -> PolicyState {
        guard let bytes = try transaction.get(SystemRecords.policyState(name)) else { return PolicyState() }
        guard let state = PolicyState(decoding: bytes) else {
            throw .internalError("what is known of a policy cannot be read")
        }
        return state
    }
}

extension PolicyState {
    /// The state after a write.
    ///
    /// - Parameter current: the state before; `nil` when there is no policy yet, or not any more.
    /// - Throws: `EngineError.invalid` when the write names another version, or an end that has passed.
    init(writing request: EngineRequest, over current: PolicyState?) throws(EngineError) {
        let input = request.input
        requiresCheck = try input.bool("cas_required") ?? false
        let found = current?.version ?? 0
        if let expected = try input.int("cas") {
            if expected == -1, current != nil { throw .invalid("check-and-set parameter set to -1 on existing entry") }
            guard expected == -1 || expected == found else {
                throw .invalid("check-and-set parameter did not match the current version")
            }
        } else if requiresCheck || current?.requiresCheck ?? false {
            throw .invalid("check-and-set parameter required for this call")
        }
        version = found + 1
        modified = request.now
        expiration = try Self.end(request)
        isTold =
            ["cas", "cas_required", "ttl", "expiration"].contains { input.has($0) }
            || (current?.isTold ?? false)
    }

    /// When a policy that is written is to end.
    private static func end(_ request: EngineRequest) throws(EngineError) -> Timestamp? {
        let input = request.input
        let seconds = try input.seconds("ttl") ?? 0
        let text = try input.string("expiration") ?? ""
        guard !text.utf8.isEmpty else { return seconds > 0 ? request.now.adding(seconds: seconds) : nil }
        guard seconds == 0 else { throw .invalid("cannot supply both 'expiration' and 'ttl' for policies") }
        guard let end = Timestamp(parsing: text) else { throw .field("expiration", "a time by RFC 3339") }
        guard request.now < end else {
            throw .invalid("refusing to update policy as expiration time has already elapsed")
        }
        return end
    }
}
