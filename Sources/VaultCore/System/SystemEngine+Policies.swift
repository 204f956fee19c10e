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

    private func names(_ transaction: Transaction) throws(EngineError) -> [String] {
        let listing = Listing(of: Folder(.system, SystemRecords.policy, []), isRecursive: true)
        return try transaction.list(listing).names.map { String(decoding: $0, as: UTF8.self) } + ["root"]
    }

    @Sendable private func listPolicies(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        .data(["keys": .strings(try names(transaction))])
    }

    @Sendable private func listPoliciesOlder(_ request: EngineRequest, _ transaction: Transaction)
        throws(EngineError) -> EngineResponse
    {
        let names = JSON.strings(try names(transaction))
        return EngineResponse(.data(["keys": names, "policies": names]), repeatsDataAtTop: true)
    }

    private func text(_ name: String, _ transaction: Transaction) throws(EngineError) -> String {
        if name == "root" { return "" }
        guard let bytes = try transaction.get(SystemRecords.policy(name.utf8)) else { throw .notFound }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Sendable private func readPolicy(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = try Self.name(request)
        return .data(["name": .string(name), "policy": .string(try text(name, transaction))])
    }

    @Sendable private func readPolicyOlder(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        let name = try Self.name(request)
        let data: JSONObject = ["name": .string(name), "rules": .string(try text(name, transaction))]
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
        transaction.put(SystemRecords.policy(name.utf8), text)
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
