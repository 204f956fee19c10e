internal import EngineKit
internal import Notation

/// The stored form of a token's record: a JSON object with short names.
///
///     t type · a accessor · p parent · o policies · r path · d display name · m metadata · u remaining uses
///     c creation time · l creation ttl · e expiry (absent: never) · x explicit max · i period · n renewable
///     w last renewal · b bound CIDRs · k role · y entity · s stands for a lease
///
/// Times are RFC 3339 with nanoseconds.
extension TokenEntry {
    /// The record as bytes.
    package func encoded() -> [UInt8] {
        var object: JSONObject = [
            "t": .string(type.rawValue), "a": .string(accessor), "p": .string(parent), "o": .strings(policies),
            "r": .string(path), "d": .string(displayName), "c": .string(creationTime.description),
            "l": .integer(creationTTL), "x": .integer(explicitMaxTTL), "i": .integer(period),
            "n": .bool(isRenewable), "b": .strings(boundCIDRs), "k": .string(role), "y": .string(entityID),
        ]
        if let metadata {
            object["m"] = .object(JSONObject(metadata.map { .init(name: $0.name, value: .string($0.value)) }))
        }
        if isLease { object["s"] = true }
        if let remainingUses { object["u"] = .integer(remainingUses) }
        if case .at(let time) = expiry { object["e"] = .string(time.description) }
        if let lastRenewal { object["w"] = .string(lastRenewal.description) }
        return JSON.object(object).serialized()
    }

    /// Reads a record back; `nil` when the bytes are not one.
    package init?(decoding bytes: [UInt8]) {
        guard let object = (try? JSON(parsing: bytes))?.objectValue,
            let type = object["t"]?.stringValue.flatMap(TokenType.init(rawValue:)),
            let accessor = object["a"]?.stringValue, let parent = object["p"]?.stringValue,
            let policies = object["o"]?.arrayValue, let path = object["r"]?.stringValue,
            let created = object["c"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
        else { return nil }
        // A limit that is there but cannot be read would be a limit that is gone.
        let uses = object["u"]
        let networks = object["b"]?.arrayValue ?? []
        let boundCIDRs = networks.compactMap(\.stringValue)
        guard uses == nil || (uses?.intValue ?? -1) >= 0, object["b"] == nil || object["b"]?.arrayValue != nil,
            boundCIDRs.count == networks.count
        else { return nil }
        self.init()
        self.type = type
        self.accessor = accessor
        self.parent = parent
        self.policies = policies.compactMap(\.stringValue)
        self.path = path
        creationTime = created
        displayName = object["d"]?.stringValue ?? ""
        metadata = object["m"]?.objectValue.map { $0.members.map { ($0.name, $0.value.stringValue ?? "") } }
        remainingUses = uses?.intValue
        creationTTL = object["l"]?.intValue ?? 0
        // A record whose expiry cannot be read is dead, never immortal.
        if let text = object["e"] {
            expiry = .at(text.stringValue.flatMap { Timestamp(parsing: $0) } ?? Timestamp(seconds: 0))
        }
        explicitMaxTTL = object["x"]?.intValue ?? 0
        period = object["i"]?.intValue ?? 0
        isRenewable = object["n"]?.boolValue ?? false
        lastRenewal = object["w"]?.stringValue.flatMap { Timestamp(parsing: $0) }
        self.boundCIDRs = boundCIDRs
        role = object["k"]?.stringValue ?? ""
        entityID = object["y"]?.stringValue ?? ""
        isLease = object["s"]?.boolValue ?? false
    }

    private typealias TokenType = Caller.TokenType
}
