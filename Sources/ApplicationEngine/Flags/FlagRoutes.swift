import EngineKit
import Notation

extension ApplicationEngine {
    /// POST `api/admin/featureflags/create {name, …}`: the flag and its first state in one commit.
    static func createFlag(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let creation = try asking.body(FlagCreation.members) { body throws(ModelError) in try FlagCreation(body) }
        let place = FlagPlace(name: creation.name, environment: creation.environment)
        let facts: JSONObject = ["options": ["cas": 0], "reason": .string(creation.reason)]
        let definition: JSONObject
        do throws(EngineError) {
            definition = try asking.data(.update, place.definitionPath, creation.definition.joined(with: facts))
        } catch .mismatch(.version, _) {
            throw .status(409, ["there is a flag of this name already"])
        }
        let state = try asking.wording {
            () throws(EngineError) in
            try asking.data(.update, place.path("states"), creation.state.joined(with: facts))
        }
        return .raw(FlagEntry.object(place.name, place.environment, definition, state), status: 201)
    }

    /// GET `api/admin/featureflags/:name/status?environment=`.
    static func readFlag(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let environment = try asking.query { query throws(ModelError) in try query.name("environment") }
        let place = FlagPlace(name: try asking.name("name"), environment: environment)
        let definition = try asking.data(.read, place.definitionPath)
        let state = try asking.finding(.read, place.path("states"), wordsCount: true).object
        return .raw(FlagEntry.object(place.name, place.environment, definition, state))
    }

    /// POST `api/admin/featureflags/:name/toggle {isEnabled, environment?, reason?}`.
    static func toggleFlag(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let (isEnabled, environment, facts) = try asking.body(["isEnabled", "environment", "version", "reason"]) {
            body throws(ModelError) in
            (try body.required("isEnabled").bool(), try body["environment"]?.name(), try Self.facts(body))
        }
        let place = FlagPlace(name: try asking.name("name"), environment: environment)
        let switched: JSONObject = ["on": .bool(isEnabled)]
        let state = try asking.data(.update, place.path("toggle"), switched.joined(with: facts))
        let definition = try asking.finding(.read, place.definitionPath).object
        return .raw(FlagEntry.object(place.name, place.environment, definition, state))
    }

    /// POST `api/admin/featureflags/:name/rules {targetingRules?, rolloutPercentage?, variations?, …}`.
    static func writeFlagRules(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let members = TargetingPlan.members + ["environment", "version", "reason"]
        let (environment, facts) = try asking.body(members) { body throws(ModelError) in
            guard TargetingPlan.members.contains(where: { body[$0] != nil }) else {
                throw ModelError(path: "", problem: "nothing is said of who gets the feature")
            }
            return (try body["environment"]?.name(), try Self.facts(body))
        }
        let place = FlagPlace(name: try asking.name("name"), environment: environment)
        let definition = try asking.data(.read, place.definitionPath)
        let present = try asking.finding(.read, place.path("states"), wordsCount: true)
        if case .hidden = present { throw .permissionDenied(reason: "the state may not be read with this token") }
        let plan = try asking.body(members) { body throws(ModelError) in
            try TargetingPlan(
                body, FlagKinds(definition), present: present.object?["fallthrough"],
                presentOff: present.object?["off_variation"]?.stringValue)
        }
        let operation: Operation = present.object == nil ? .update : .patch
        let state = try asking.wording { () throws(EngineError) in
            try asking.data(operation, place.path("states"), plan.state.joined(with: facts))
        }
        return .raw(FlagEntry.object(place.name, place.environment, definition, state))
    }

    /// GET `api/admin/featureflags/:name/history?environment=&limit=&before=`.
    static func readFlagHistory(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let (environment, page) = try asking.query { query throws(ModelError) in
            (try query.name("environment"), try query.page())
        }
        let place = FlagPlace(name: try asking.name("name"), environment: environment)
        let data = try asking.data(.read, place.path("history"), page)
        let subject: JSONObject = ["name": .string(place.name), "environment": .string(place.environment)]
        return .raw(HistoryAnswer.object(of: subject, data))
    }

    /// The version that must be there, and why the change is made.
    private static func facts(_ body: ModelObject) throws(ModelError) -> JSONObject {
        var facts: JSONObject = ["reason": .string(try body.text("reason", limit: 1_024))]
        if let version = body["version"] {
            facts["options"] = ["cas": .integer(try version.integer(in: 0...Int(Int32.max)))]
        }
        return facts
    }
}
