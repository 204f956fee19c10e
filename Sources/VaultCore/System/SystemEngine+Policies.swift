import EngineKit
import Identity
import Notation
import PolicyEngine

extension SystemEngine {
    var policyRoutes: [Route] {
        [
            Route("policies/acl", "Lists the policies.").on(.list, .read, serve: listPolicies),
            Route("policies/acl/*name", "A policy: read, write and delete it.")
                .on(.list, serve: listPolicies).on(.read, serve: readPolicy)
                .on(.update, serve: writePolicy).on(.delete, serve: deletePolicy),
            Route("policy", "Lists the policies (older form).").on(.list, .read, serve: listPoliciesOlder),
            Route("policy/*name", "A policy (older form).")
                .on(.list, serve: listPoliciesOlder).on(.read, serve: readPolicyOlder)
                .on(.update, serve: writePolicy).on(.delete, serve: deletePolicy),
        ]
    }

    private func names(_ transaction: Transaction, now: Timestamp) throws(EngineError) -> [String] {
        let listing = Listing(of: Folder(.system, SystemRecords.policy, []), isRecursive: true)
        let names = try transaction.list(listing).names
        try transaction.need(names.map { SystemRecords.policyState($0) })
        var living: [String] = []
        for name in names where try !PolicyState.stored(name, transaction).isExpired(at: now) {
            living.append(String(decoding: name, as: UTF8.self))
        }
        return living + ["root"]
    }

    @Sendable private func listPolicies(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        .data(["keys": .strings(try names(transaction, now: request.now))])
    }

    @Sendable private func listPoliciesOlder(_ request: EngineRequest, _ transaction: Transaction)
        throws(EngineError) -> EngineResponse
    {
        let names = JSON.strings(try names(transaction, now: request.now))
        return EngineResponse(.data(["keys": names, "policies": names]), repeatsDataAtTop: true)
    }

    /// A policy's text and what else is known of it.
    private func policy(_ name: String, _ transaction: Transaction, now: Timestamp) throws(EngineError) -> (
        text: String, state: PolicyState
    ) {
        if name == "root" { return ("", PolicyState()) }
        guard let state = try state(name, transaction, now: now),
            let bytes = try transaction.get(SystemRecords.policy(name.utf8))
        else { throw .notFound }
        return (String(decoding: bytes, as: UTF8.self), state)
    }

    /// What is known of a policy; `nil` when there is none, or not any more.
    private func state(_ name: String, _ transaction: Transaction, now: Timestamp) throws(EngineError) -> PolicyState? {
        try transaction.need([SystemRecords.policy(name.utf8), SystemRecords.policyState(name.utf8)])
        guard try transaction.get(SystemRecords.policy(name.utf8)) != nil else { return nil }
        let state = try PolicyState.stored(name.utf8, transaction)
        return state.isExpired(at: now) ? nil : state
    }

    @Sendable private func readPolicy(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = try Self.name(request)
        let (text, state) = try policy(name, transaction, now: request.now)
        var data: JSONObject = ["name": .string(name), "policy": .string(text)]
        // Clients of Vault's expect these two alone.
        if state.isTold { for field in state.fields.members { data[field.name] = field.value } }
        return .data(data)
    }

    @Sendable private func readPolicyOlder(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = try Self.name(request)
        let text = try policy(name, transaction, now: request.now).text
        let data: JSONObject = ["name": .string(name), "rules": .string(text)]
        return EngineResponse(.data(data), repeatsDataAtTop: true)
    }

    @Sendable private func writePolicy(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = try Self.name(request)
        guard !["root", "response-wrapping", "control-group"].contains(name) else {
            throw .invalid("cannot update \"\(name)\" policy")
        }
        var warnings: [String] = []
        if !request.captures["name"].elementsEqual(name.utf8) {
            warnings.append("policy name was converted to \(name)")
        }
        var given = try request.input.string("policy") ?? ""
        if given.utf8.isEmpty, let rules = try request.input.string("rules") { given = rules }
        guard !given.utf8.isEmpty else { throw .invalid("'policy' parameter not supplied or empty") }
        let text = Self.decoded(given)
        do throws(PolicyError) {
            _ = try Policy(name: name, parsing: text)
        } catch {
            throw .invalid("failed to parse policy: \(error.message)")
        }
        let state = try PolicyState(writing: request, over: state(name, transaction, now: request.now))
        guard state.expiration == nil || !name.bytesEqual(to: "default") else {
            throw .invalid("the \"default\" policy cannot expire")
        }
        transaction.put(SystemRecords.policy(name.utf8), text)
        transaction.put(SystemRecords.policyState(name.utf8), state.encoded())
        return EngineResponse(warnings: warnings)
    }

    @Sendable private func deletePolicy(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = try Self.name(request)
        guard !["root", "default", "response-wrapping"].contains(name) else {
            throw .invalid("cannot delete \"\(name)\" policy")
        }
        transaction.delete(SystemRecords.policy(name.utf8))
        transaction.delete(SystemRecords.policyState(name.utf8))
        return .noContent
    }

    /// The canonical name of the policy a path speaks of.
    private static func name(_ request: EngineRequest) throws(EngineError) -> String {
        guard let name = PolicyNames.canonical([request.captures.text("name")]).first, PolicyNames.isValid(name) else {
            throw .invalid("invalid policy name")
        }
        return name
    }

    /// Policy text may come as base64; text that is both is taken as base64 only when it decodes to text.
    private static func decoded(_ text: String) -> [UInt8] {
        if let bytes = Base64.decode(text), String(validating: bytes, as: UTF8.self) != nil { return bytes }
        return Array(text.utf8)
    }
}
