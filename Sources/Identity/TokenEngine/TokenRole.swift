import Notation

/// Rules for the tokens that are made with a role.
struct TokenRole: Sendable {
    /// The role's name.
    var name: String
    /// Policies that may be asked for, sorted; all are given when none is asked for.
    var allowedPolicies: [String] = []
    /// Policies that may not be asked for.
    var disallowedPolicies: [String] = []
    /// Globs of policies that may be asked for.
    var allowedPoliciesGlob: [String] = []
    /// Globs of policies that may not be asked for.
    var disallowedPoliciesGlob: [String] = []
    /// Whether the tokens have no parent.
    var isOrphan = false
    /// Appended to the path of the tokens.
    var pathSuffix = ""
    /// Whether the tokens may be renewed.
    var isRenewable = true
    /// Seconds that each renewal grants; 0 when the tokens are not periodic.
    var period = 0
    /// The longest life in seconds; 0 for none.
    var explicitMaxTTL = 0
    /// The networks (CIDR) the tokens may be used from.
    var boundCIDRs: [String] = []
    /// `service`, `batch`, `default-service` or `default-batch`.
    var tokenType = "default-service"
    /// How many uses the tokens have; 0 for no limit.
    var numUses = 0
    /// Whether the tokens go without the `default` policy.
    var noDefaultPolicy = false
    /// Entity aliases that may be asked for.
    var allowedEntityAliases: [String] = []

    /// The words a role's token type may be.
    static let tokenTypes = ["service", "batch", "default-service", "default-batch"]

    init(name: String) { self.name = name }

    /// The role as its API shows it, and as it is stored.
    var fields: JSONObject {
        [
            "allowed_entity_aliases": .strings(allowedEntityAliases), "allowed_policies": .strings(allowedPolicies),
            "allowed_policies_glob": .strings(allowedPoliciesGlob), "bound_cidrs": .strings(boundCIDRs),
            "disallowed_policies": .strings(disallowedPolicies),
            "disallowed_policies_glob": .strings(disallowedPoliciesGlob),
            "explicit_max_ttl": .integer(explicitMaxTTL), "name": .string(name), "orphan": .bool(isOrphan),
            "path_suffix": .string(pathSuffix), "period": .integer(period), "renewable": .bool(isRenewable),
            "token_bound_cidrs": .strings(boundCIDRs), "token_explicit_max_ttl": .integer(explicitMaxTTL),
            "token_no_default_policy": .bool(noDefaultPolicy), "token_num_uses": .integer(numUses),
            "token_period": .integer(period), "token_type": .string(tokenType),
        ]
    }

    /// Reads a stored role back; `nil` when the bytes are not one.
    init?(decoding bytes: [UInt8]) {
        guard let object = (try? JSON(parsing: bytes))?.objectValue, let name = object["name"]?.stringValue else {
            return nil
        }
        let texts = { (key: String) in object[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        self.init(name: name)
        allowedPolicies = texts("allowed_policies")
        disallowedPolicies = texts("disallowed_policies")
        allowedPoliciesGlob = texts("allowed_policies_glob")
        disallowedPoliciesGlob = texts("disallowed_policies_glob")
        isOrphan = object["orphan"]?.boolValue ?? false
        pathSuffix = object["path_suffix"]?.stringValue ?? ""
        isRenewable = object["renewable"]?.boolValue ?? true
        period = object["period"]?.intValue ?? 0
        explicitMaxTTL = object["explicit_max_ttl"]?.intValue ?? 0
        boundCIDRs = texts("bound_cidrs")
        tokenType = object["token_type"]?.stringValue ?? "default-service"
        numUses = object["token_num_uses"]?.intValue ?? 0
        noDefaultPolicy = object["token_no_default_policy"]?.boolValue ?? false
        allowedEntityAliases = texts("allowed_entity_aliases")
    }
}
