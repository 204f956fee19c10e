package import EngineKit

/// The auth method `token/`: making, looking up, renewing and revoking tokens (Vault API, `auth/token`).
package struct TokenEngine: Engine {
    let tokens: TokenStore
    let policyKey: @Sendable (_ name: String) -> StoreKey

    /// Makes the engine over a store of tokens.
    ///
    /// - Parameter policyKey: where the policy with a name is stored, to warn of names without a policy.
    package init(tokens: TokenStore, policyKey: @escaping @Sendable (_ name: String) -> StoreKey) {
        self.tokens = tokens
        self.policyKey = policyKey
    }

    /// A warning for each name without a policy: it grants nothing until somebody writes one.
    func warnings(about policies: [String], _ transaction: Transaction) throws(EngineError) -> [String] {
        let names = policies.filter { !PolicyNames.same($0, "root") }
        try transaction.need(names.map(policyKey))
        var warnings: [String] = []
        for name in names where try transaction.get(policyKey(name)) == nil {
            warnings.append("Policy \"\(name)\" does not exist")
        }
        return warnings
    }

    /// The routes of `auth/token/`.
    package var routes: RouteTable {
        RouteTable([
            Route("create", "Makes a token that is a child of the caller's.").taking(TokenDraft.fields)
                .on(.update, serve: create),
            Route("create-orphan", "Makes a token without a parent.").taking(TokenDraft.fields)
                .on(.update, serve: createOrphan),
            Route("create/:role_name", "Makes a token by the rules of a role.").taking(TokenDraft.fields)
                .on(.update, serve: createWithRole),
            Route("lookup", "Describes a token.").taking(["token"]).on(.read, .update, serve: lookup),
            Route("lookup-self", "Describes the caller's token.").taking(["token"])
                .on(.read, .update, serve: lookupSelf),
            Route("lookup-accessor", "Describes the token of an accessor.").taking(["accessor"])
                .on(.update, serve: lookupAccessor),
            Route("renew", "Prolongs a token.").taking(["token", "increment"]).on(.update, serve: renew),
            Route("renew-self", "Prolongs the caller's token.").taking(["token", "increment"])
                .on(.update, serve: renewSelf),
            Route("renew-accessor", "Prolongs the token of an accessor.").taking(["accessor", "increment"])
                .on(.update, serve: renewAccessor),
            Route("revoke", "Revokes a token and its descendants.").on(.update, serve: revoke),
            Route("revoke-self", "Revokes the caller's token and its descendants.").on(.update, serve: revokeSelf),
            Route("revoke-accessor", "Revokes the token of an accessor and its descendants.")
                .on(.update, serve: revokeAccessor),
            // Its handler asks for `sudo` itself, to refuse in words of its own.
            Route("revoke-orphan", "Revokes a token and makes its children orphans.")
                .on(.update, serve: revokeOrphan),
            Route("accessors", "Lists the accessors of all tokens.").sudo().on(.list, serve: listAccessors),
            Route("roles", "Lists token roles.").on(.list, serve: listRoles),
            Route("roles/:name", "A token role: rules for the tokens made with it.")
                .exists(roleExists)
                .on(.read, serve: readRole).on(.create, .update, serve: writeRole).on(.delete, serve: deleteRole),
            Route("tidy", "Removes what expired tokens have left.").on(.update, serve: tidy),
        ])
    }

    /// The token a request names in its body, as bytes; empty text counts as none.
    func namedToken(_ request: EngineRequest) throws(EngineError) -> [UInt8]? {
        guard let text = try request.input.string("token"), !text.utf8.isEmpty else { return nil }
        return Array(text.utf8)
    }

    /// The accessor a request names.
    func namedAccessor(_ request: EngineRequest) throws(EngineError) -> String {
        guard let text = try request.input.string("accessor"), !text.utf8.isEmpty else {
            throw .invalid("missing accessor")
        }
        return text
    }

    /// The record's key of the caller's token, in hexadecimal.
    func callerKey(_ request: EngineRequest) -> String { String(decoding: request.caller.tokenKey, as: UTF8.self) }

    @Sendable private func listAccessors(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        .names(try tokens.livingAccessors(transaction, now: request.now))
    }

    @Sendable private func tidy(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        // Revocation is complete in one commit and expired tokens are swept in the background, so there is nothing
        // that a tidy could find; clients only want the acknowledgement.
        EngineResponse(
            status: 202,
            warnings: [
                "Tidy operation successfully started. Any information from the operation will be printed to "
                    + "the server logs."
            ])
    }
}
