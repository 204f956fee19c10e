import Audit
import EngineKit
import Notation
import Testing

/// What is in a record, and what is hashed in it.
@Suite struct AuditEntryTests {
    private func record(
        _ options: [(name: String, value: String)] = [], _ request: AuditedRequest,
        answered response: AuditedResponse? = nil
    ) async throws -> JSON {
        let world = try AuditWorld()
        let broker = try world.broker("audit.log", options)
        if let response {
            try await broker.record(request, answered: response)
        } else {
            try await broker.record(request)
        }
        return try #require(try world.records().first)
    }

    @Test func requestHasTheMembersThatReadersKnow() async throws {
        var request = AuditedRequest.sample(data: #"{"data":{"password":"CANARYvalue","n":7,"ok":true,"none":null}}"#)
        request.grantingPolicies = ["a"]
        request.mount = MountContext(path: Array("secret/".utf8), type: "kv", accessor: "kv_0011", realm: .system)
        request.token = AuditedToken(numUses: 3, ttl: 60, issueTime: Timestamp(seconds: 1_600_000_000))
        request.headers = [("user-agent", "CANARYagent", true), ("x-id", "clear", false)]
        request.wrapTTL = 90
        let entry = try await record([], request)
        #expect(entry["time"]?.stringValue == "2023-11-14T22:13:20.000000005Z")
        #expect(entry["type"]?.stringValue == "request" && entry["error"] == nil && entry["response"] == nil)
        let auth = try #require(entry["auth"])
        #expect(auth["client_token"]?.stringValue == (try AuditWorld.hmac("hvs.CANARYtoken")))
        #expect(auth["accessor"]?.stringValue == (try AuditWorld.hmac("CANARYaccessor")))
        #expect(auth["display_name"]?.stringValue == "token-x" && auth["token_type"]?.stringValue == "service")
        #expect(auth["policies"]?.arrayValue?.compactMap(\.stringValue) == ["a", "default"])
        #expect(auth["policy_results"]?["allowed"]?.boolValue == true)
        #expect(auth["policy_results"]?["granting_policies"]?.arrayValue?.first?["name"]?.stringValue == "a")
        #expect(auth["num_uses"]?.intValue == 3 && auth["token_ttl"]?.intValue == 60)
        #expect(auth["token_issue_time"]?.stringValue == "2020-09-13T12:26:40Z" && auth["entity_id"] == nil)
        let asked = try #require(entry["request"])
        #expect(asked["id"]?.stringValue == "req-1" && asked["operation"]?.stringValue == "read")
        #expect(asked["path"]?.stringValue == "secret/data/a" && asked["namespace"]?["id"]?.stringValue == "root")
        #expect(asked["mount_point"]?.stringValue == "secret/" && asked["mount_type"]?.stringValue == "kv")
        #expect(asked["mount_accessor"]?.stringValue == "kv_0011" && asked["mount_class"]?.stringValue == "secret")
        #expect(asked["client_token"]?.stringValue == (try AuditWorld.hmac("hvs.CANARYtoken")))
        #expect(asked["client_token_accessor"]?.stringValue == (try AuditWorld.hmac("CANARYaccessor")))
        #expect(asked["remote_address"]?.stringValue == "10.0.0.9" && asked["remote_port"]?.intValue == 4711)
        #expect(asked["wrap_ttl"]?.intValue == 90)
        let agent = try AuditWorld.hmac("CANARYagent")
        #expect(asked["headers"]?["user-agent"]?.arrayValue?.first?.stringValue == agent)
        #expect(asked["headers"]?["x-id"]?.arrayValue?.first?.stringValue == "clear")
        let data = try #require(asked["data"]?["data"])
        #expect(data["password"]?.stringValue == (try AuditWorld.hmac("CANARYvalue")))
        #expect(data["n"]?.intValue == 7 && data["ok"]?.boolValue == true)
    }

    @Test func responseHasTheAnswerAndTheError() async throws {
        var response = AuditedResponse()
        response.data = Array(#"{"keys":["CANARYa","CANARYb"],"when":"2023-11-14T22:13:20Z"}"#.utf8)
        response.warnings = ["careful"]
        response.error = "permission denied"
        response.auth = AuthGrant(
            clientToken: "hvs.CANARYmade", accessor: "CANARYother", policies: ["p"], tokenPolicies: ["p"],
            leaseDuration: 60, isRenewable: true)
        let entry = try await record([], .sample(), answered: response)
        #expect(entry["type"]?.stringValue == "response" && entry["error"]?.stringValue == "permission denied")
        let answer = try #require(entry["response"])
        #expect(answer["auth"]?["client_token"]?.stringValue == (try AuditWorld.hmac("hvs.CANARYmade")))
        #expect(answer["auth"]?["accessor"]?.stringValue == (try AuditWorld.hmac("CANARYother")))
        #expect(answer["data"]?["keys"]?.arrayValue?.first?.stringValue == (try AuditWorld.hmac("CANARYa")))
        // A secret may look like a time, so times are hashed too.
        #expect(answer["data"]?["when"]?.stringValue == (try AuditWorld.hmac("2023-11-14T22:13:20Z")))
        #expect(answer["warnings"]?.arrayValue?.first?.stringValue == "careful")
    }

    @Test func noSecretIsInTheFile() async throws {
        let world = try AuditWorld()
        let broker = try world.broker()
        var request = AuditedRequest.sample(data: #"{"a":["CANARY",{"b":"\u0043ANARY"}],"k":"CANARY"}"#)
        try await broker.record(request)
        request.data = Array(#"CANARY {"not json"#.utf8)
        try await broker.record(request)
        var response = AuditedResponse()
        response.data = Array(#""CANARY""#.utf8)
        try await broker.record(request, answered: response)
        let text = String(decoding: try world.lines().flatMap { $0 }, as: UTF8.self)
        #expect(try world.records().count == 3)
        #expect(!text.contains("CANARY"))
    }

    @Test func namesAreInClear() async throws {
        let entry = try await record([], .sample(data: #"{"data":{"db-name":{"inner":"v"}}}"#))
        #expect(entry["request"]?["data"]?["data"]?["db-name"]?["inner"]?.stringValue == (try AuditWorld.hmac("v")))
    }

    @Test func fieldsTheMountShowsStayClear() async throws {
        var request = AuditedRequest.sample(data: #"{"shown":"s","deep":{"shown":"t"},"hidden":"h"}"#)
        request.clearRequestKeys = ["shown"]
        request.clearResponseKeys = ["answer"]
        var response = AuditedResponse()
        response.data = Array(#"{"answer":{"x":"clear"},"shown":"s"}"#.utf8)
        let entry = try await record([], request, answered: response)
        let data = try #require(entry["request"]?["data"])
        #expect(data["shown"]?.stringValue == "s")
        #expect(data["hidden"]?.stringValue == (try AuditWorld.hmac("h")))
        #expect(data["deep"]?["shown"]?.stringValue == (try AuditWorld.hmac("t")))
        #expect(entry["response"]?["data"]?["answer"]?["x"]?.stringValue == "clear")
        #expect(entry["response"]?["data"]?["shown"]?.stringValue == (try AuditWorld.hmac("s")))
    }

    @Test func optionsOfOneDeviceDoNotReachAnother() async throws {
        let world = try AuditWorld()
        let options = [(name: "log_raw", value: "true")]
        let broker = AuditBroker([
            try AuditBroker.OpenDevice(world.entry("raw.log", options), signer: world.signer),
            try AuditBroker.OpenDevice(world.entry("hashed.log"), signer: world.signer),
        ])
        try await broker.record(.sample(data: #"{"a":"CANARYvalue"}"#))
        let raw = try #require(try world.records("raw.log").first)
        #expect(raw["request"]?["data"]?["a"]?.stringValue == "CANARYvalue")
        #expect(raw["auth"]?["client_token"]?.stringValue == "hvs.CANARYtoken")
        #expect(!String(decoding: try world.lines("hashed.log").flatMap { $0 }, as: UTF8.self).contains("CANARY"))
    }

    @Test func accessorsAreInClearWhereThatIsWished() async throws {
        let entry = try await record([("hmac_accessor", "false")], .sample())
        #expect(entry["auth"]?["accessor"]?.stringValue == "CANARYaccessor")
        #expect(entry["auth"]?["client_token"]?.stringValue == (try AuditWorld.hmac("hvs.CANARYtoken")))
    }

    @Test func listingsAreCountedWhereThatIsWished() async throws {
        var response = AuditedResponse()
        response.data = Array(#"{"keys":["a","b","c"],"key_info":{"a":{"CANARY":1},"b":{}},"more":"CANARY"}"#.utf8)
        var request = AuditedRequest.sample()
        request.operation = .list
        let data = try await record([("elide_list_responses", "true")], request, answered: response)["response"]?[
            "data"]
        #expect(data?["keys"]?.intValue == 3 && data?["key_info"]?.intValue == 2)
        #expect(data?["more"]?.stringValue == (try AuditWorld.hmac("CANARY")))
        let whole = try await record([], request, answered: response)
        #expect(whole["response"]?["data"]?["keys"]?.arrayValue?.count == 3)
        let read = try await record([("elide_list_responses", "true")], .sample(), answered: response)
        #expect(read["response"]?["data"]?["keys"]?.arrayValue?.count == 3)
    }

    @Test func anonymousRequestHasNoToken() async throws {
        var request = AuditedRequest.sample()
        request.caller = .unauthenticated
        request.isAllowed = false
        request.error = "permission denied"
        let entry = try await record([], request)
        #expect(entry["auth"]?["client_token"] == nil && entry["request"]?["client_token"] == nil)
        #expect(entry["auth"]?["policy_results"]?["allowed"]?.boolValue == false)
        #expect(entry["error"]?.stringValue == "permission denied")
    }

    @Test func oneRecordIsOneLineWhateverIsInIt() async throws {
        let world = try AuditWorld()
        let broker = try world.broker()
        try await broker.record(.sample(path: "secret/a\u{2028}\u{301}\"b", data: "{\n  \"a\\nb\": [\r\n1 ]\n}"))
        #expect(try world.lines().count == 2)
        #expect(try world.records()[0]["request"]?["data"]?["a\nb"]?.arrayValue?.count == 1)
        #expect(AuditVerification.fault(in: try world.lines()) == nil)
    }

    @Test func hashIsTheOneInTheFile() async throws {
        let world = try AuditWorld()
        let device = try #require(try world.broker().devices.first)
        #expect(device.hash("value") == (try AuditWorld.hmac("value")))
    }
}
