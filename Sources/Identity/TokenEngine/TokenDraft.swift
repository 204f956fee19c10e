import EngineKit
import Notation

/// What a request to make a token asks for, with each field checked.
struct TokenDraft {
    /// The token's text where the caller chose it.
    var id: String?
    /// The policies; `nil` to take over the parent's.
    var policies: [String]?
    /// Metadata for audit.
    var metadata: [(name: String, value: String)]?
    /// Whether the token is to have no parent.
    var wantsNoParent: Bool
    /// Whether the token is to go without the `default` policy.
    var hasNoDefaultPolicy: Bool
    /// Whether the token may be renewed.
    var isRenewable: Bool
    /// Seconds to live; 0 for the default.
    var ttl: Int
    /// The kind of token; `nil` to leave it to the role.
    var type: Caller.TokenType?
    /// The longest life in seconds; 0 for none.
    var explicitMaxTTL: Int
    /// The name for audit entries.
    var displayName: String
    /// How many uses; 0 for no limit.
    var numUses: Int
    /// Seconds that each renewal grants; 0 when not periodic.
    var period: Int
    /// Whether the caller named an alias of an entity for the token to belong to.
    var hasEntityAlias: Bool

    /// The members that are read.
    static let fields = [
        "id", "policies", "meta", "no_parent", "no_default_policy", "renewable", "ttl", "lease", "explicit_max_ttl",
        "display_name", "num_uses", "period", "type", "entity_alias",
    ]

    init(reading request: EngineRequest) throws(EngineError) {
        let input = request.input
        id = try input.string("id").flatMap { $0.utf8.isEmpty ? nil : $0 }
        policies = try input.list("policies").flatMap { $0.isEmpty ? nil : $0 }
        metadata = try input.textMap("meta").flatMap { $0.isEmpty ? nil : $0 }
        wantsNoParent = try input.bool("no_parent") ?? false
        hasNoDefaultPolicy = try input.bool("no_default_policy") ?? false
        isRenewable = try input.bool("renewable") ?? true
        ttl = try input.seconds("ttl") ?? 0
        if ttl == 0 { ttl = try input.seconds("lease") ?? 0 }
        explicitMaxTTL = try input.seconds("explicit_max_ttl") ?? 0
        displayName = Self.displayName(try input.string("display_name") ?? "")
        numUses = try input.int("num_uses") ?? 0
        period = try input.seconds("period") ?? 0
        hasEntityAlias = try !(input.string("entity_alias") ?? "").utf8.isEmpty
        type =
            switch try input.string("type") ?? "" {
            case "": nil
            case "service": .service
            case "batch": .batch
            default: throw .invalid("invalid 'token_type' value")
            }
        guard numUses >= 0 else { throw .invalid("number of uses cannot be negative") }
        // An empty name in a list is a mistake of the caller's, not the wish for the parent's policies.
        let isEmptyName = { (name: JSON) in name.stringValue?.utf8.allSatisfy { $0 == 0x20 } ?? false }
        if input.members["policies"]?.arrayValue?.contains(where: isEmptyName) ?? false {
            throw .invalid("invalid policy name")
        }
        for name in policies ?? [] where !PolicyNames.isValid(PolicyNames.canonical([name]).first ?? "") {
            throw .invalid("invalid policy name")
        }
        try checkID()
    }

    /// Refuses an alias of an entity: a role would have to allow it, and there are no entities that one could name.
    func checkEntityAlias(_ role: TokenRole?) throws(EngineError) {
        guard hasEntityAlias else { return }
        throw .invalid(
            role == nil
                ? "'entity_alias' is only allowed in combination with token role" : "invalid 'entity_alias' value")
    }

    /// Refuses what only root or a caller with `sudo` on the path may ask for.
    func checkPrivileges(_ caller: Caller) throws(EngineError) {
        if caller.isRoot || caller.hasSudo { return }
        if id != nil { throw .invalid("root or sudo privileges required to specify token id") }
        if wantsNoParent { throw .invalid("root or sudo privileges required to create orphan token") }
        if period > 0 { throw .invalid("root or sudo privileges required to create periodic token") }
    }

    private func checkID() throws(EngineError) {
        guard let id else { return }
        let bytes = Array(id.utf8)
        for prefix in ["hvs.", "hvb.", "hvr.", "s.", "b.", "r."] where bytes.starts(with: prefix.utf8) {
            throw .invalid("custom token ID cannot have the '\(prefix)' prefix")
        }
        guard !bytes.contains(UInt8(ascii: ".")) else { throw .invalid("custom token ID cannot have a dot") }
        let isPlain = bytes.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "/") }
        guard isPlain, bytes.count <= 256 else {
            throw .invalid("custom token ID must be at most 256 printable characters without '/'")
        }
    }

    /// `token`, or `token-` with the wished name in which everything but letters, digits and `-` became `-`.
    private static func displayName(_ wish: String) -> String {
        guard !wish.utf8.isEmpty else { return "token" }
        var safe: [UInt8] = wish.utf8.prefix(256).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                byte
            default: UInt8(ascii: "-")
            }
        }
        if safe.last == UInt8(ascii: "-") { safe.removeLast() }
        return "token-" + String(decoding: safe, as: UTF8.self)
    }
}
