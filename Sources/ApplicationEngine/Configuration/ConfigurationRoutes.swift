import EngineKit
import Notation

extension ApplicationEngine {
    /// GET `api/admin/config/:key?environment=&reveal=`.
    static func readConfiguration(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let (environment, reveals) = try asking.query { query throws(ModelError) in
            (try query.name("environment"), try query.bool("reveal"))
        }
        let place = ConfigurationPlace(key: try asking.name("key"), environment: environment)
        var data = try asking.data(.read, place.path("data"))
        if reveals, data["redacted"]?.boolValue ?? false,
            let revealed = try asking.finding(.update, place.path("reveal")).object
        {
            data["value"] = revealed["value"]
        }
        return .raw(ConfigurationEntry.object(place, data))
    }

    /// POST `api/admin/config/:key/update {value, …}`: the key and its value in one commit.
    static func updateConfiguration(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let value = request.input.members["value"]
        let update = try asking.body(ConfigurationUpdate.members) { body throws(ModelError) in
            try ConfigurationUpdate(body, value: value)
        }
        try update.check()
        let place = ConfigurationPlace(key: try asking.name("key"), environment: update.environment)
        var members: JSONObject = ["value": update.value, "reason": .string(update.reason)]
        let key = update.key(try asking.finding(.read, place.keyPath))
        if !key.members.isEmpty { members["key"] = .object(key) }
        if let version = update.version { members["options"] = ["cas": .integer(version)] }
        return try changed(place, try asking.data(.update, place.path("data"), members), asking)
    }

    /// GET `api/admin/config/:key/history?environment=&limit=&before=`.
    static func readConfigurationHistory(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let (environment, page) = try asking.query { query throws(ModelError) in
            (try query.name("environment"), try query.page())
        }
        let place = ConfigurationPlace(key: try asking.name("key"), environment: environment)
        return .raw(HistoryAnswer.object(of: place.members, try asking.data(.read, place.path("history"), page)))
    }

    /// POST `api/admin/config/:key/rollback {version, environment?, reason?}`.
    static func rollBackConfiguration(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let asking = Asking(request, transaction)
        let (version, environment, reason) = try asking.body(["version", "environment", "reason"]) {
            body throws(ModelError) in
            (
                try body.required("version").integer(in: 1...Int(Int32.max)), try body["environment"]?.name(),
                try body.text("reason", limit: 1_024)
            )
        }
        let place = ConfigurationPlace(key: try asking.name("key"), environment: environment)
        let members: JSONObject = ["version": .integer(version), "reason": .string(reason)]
        return try changed(place, try asking.data(.update, place.path("rollback"), members), asking)
    }

    /// The answer to a change: what is there now, as far as the caller may read it.
    private static func changed(
        _ place: ConfigurationPlace, _ written: JSONObject, _ asking: Asking
    ) throws(EngineError) -> EngineResponse {
        guard let data = try asking.finding(.read, place.path("data")).object else {
            return .raw(ConfigurationEntry.receipt(place, written))
        }
        return .raw(ConfigurationEntry.object(place, data))
    }
}
