import EngineKit
import Notation

extension ChangeSetEngine {
    /// LIST `approval-rules`.
    static func listRules(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let rules = try ChangeSetScope(request, transaction).rules()
        guard !rules.isEmpty else { return .names([]) }
        let information = rules.map { JSONObject.Member(name: $0.name, value: .object($0.json)) }
        return .data(["keys": .strings(rules.map(\.name)), "key_info": .object(JSONObject(information))])
    }

    /// GET `approval-rules/:name`.
    static func readRule(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        guard let rule = try scope.rule(try scope.name("name")) else { throw .notFound }
        return .data(rule.json)
    }

    /// POST `approval-rules/:name {paths, approvals, roles?}`. It counts at once, for change sets under way too.
    static func writeRule(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        let name = try scope.name("name")
        let rule = try EngineError.model { () throws(ModelError) in
            try ApprovalRule(name, json: .object(request.input.members))
        }
        try rule.check(request.vault)
        scope.put(rule)
        return .data(rule.json)
    }

    /// DELETE `approval-rules/:name`.
    static func deleteRule(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ChangeSetScope(request, transaction)
        scope.deleteRule(try scope.name("name"))
        return .noContent
    }
}
