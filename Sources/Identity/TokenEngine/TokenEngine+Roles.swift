import EngineKit
import Notation

extension TokenEngine {
    /// The role with a name, if there is one.
    func role(_ name: [UInt8], _ transaction: Transaction) throws(EngineError) -> TokenRole? {
        try transaction.get(TokenRecords.role(name)).flatMap { TokenRole(decoding: $0) }
    }

    @Sendable func listRoles(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        .names(try transaction.list(Listing(of: Folder(.system, TokenRecords.role, []))).names)
    }

    @Sendable func roleExists(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> Bool {
        try transaction.get(TokenRecords.role(request.captures["name"])) != nil
    }

    @Sendable func readRole(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        guard let role = try role(request.captures["name"], transaction) else { throw .notFound }
        return .data(role.fields)
    }

    @Sendable func deleteRole(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        transaction.delete(TokenRecords.role(request.captures["name"]))
        return .noContent
    }

    @Sendable func writeRole(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = request.captures["name"]
        let input = request.input
        var role = try role(name, transaction) ?? TokenRole(name: String(decoding: name, as: UTF8.self))
        if let value = try input.list("allowed_policies") { role.allowedPolicies = PolicyNames.canonical(value) }
        if let value = try input.list("disallowed_policies") { role.disallowedPolicies = PolicyNames.canonical(value) }
        if let value = try input.list("allowed_policies_glob") {
            role.allowedPoliciesGlob = PolicyNames.canonical(value)
        }
        if let value = try input.list("disallowed_policies_glob") {
            role.disallowedPoliciesGlob = PolicyNames.canonical(value)
        }
        if let value = try input.bool("orphan") { role.isOrphan = value }
        if let value = try input.string("path_suffix") { role.pathSuffix = try checkedSuffix(value) }
        if let value = try input.bool("renewable") { role.isRenewable = value }
        if let value = try given(input.seconds("token_period"), input.seconds("period")) { role.period = value }
        if let value = try given(input.seconds("token_explicit_max_ttl"), input.seconds("explicit_max_ttl")) {
            role.explicitMaxTTL = value
        }
        if let value = try given(input.list("token_bound_cidrs"), input.list("bound_cidrs")) {
            guard value.allSatisfy({ AddressRange(parsing: $0) != nil }) else {
                throw .field("token_bound_cidrs", "a list of CIDR blocks")
            }
            role.boundCIDRs = value
        }
        if input.has("token_type") { role.tokenType = try checkedType(try input.string("token_type")) }
        if let value = try input.int("token_num_uses") {
            guard value >= 0 else { throw .invalid("'token_num_uses' cannot be negative") }
            role.numUses = value
        }
        if let value = try input.bool("token_no_default_policy") { role.noDefaultPolicy = value }
        if let value = try input.list("allowed_entity_aliases") { role.allowedEntityAliases = value }
        if role.tokenType == "batch", role.period > 0 || role.numUses > 0 {
            throw .invalid("'token_type' cannot be 'batch' when set to generate periodic or use-limited tokens")
        }
        transaction.put(TokenRecords.role(name), JSON.object(role.fields).serialized())
        return .noContent
    }

    /// The newer spelling of a field where it was given, else the older one.
    private func given<Value>(_ newer: Value?, _ older: Value?) -> Value? { newer ?? older }

    private func checkedSuffix(_ text: String) throws(EngineError) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain else { throw .invalid("given role path suffix contains invalid characters") }
        return text
    }

    private func checkedType(_ text: String?) throws(EngineError) -> String {
        guard let text, let type = TokenRole.tokenTypes.first(where: { PolicyNames.same($0, text) }) else {
            throw .invalid("invalid 'token_type' value")
        }
        return type
    }
}
