import Notation
import Testing

@testable import vaultcli

@Suite struct ConfigPartsTests {
    @Test(arguments: [
        "global", "env/prod", "service/checkout", "service/checkout/env/prod", "instance/checkout/i-1", "/env/prod/",
    ])
    func layersAreRead(text: String) throws {
        #expect(try ConfigLayer.parse(text).path == VaultPath.trimmed(text))
    }

    @Test(arguments: [
        "", "globals", "global/x", "env", "env/", "env/a b", "service/a/b", "service/a/env", "service/a/env/p/q",
        "instance/a", "data/global", "env//prod",
    ])
    func whatIsNoLayerIsRefused(text: String) {
        #expect(throws: Failure.self) { try ConfigLayer.parse(text) }
    }

    @Test(arguments: [
        (nil, nil, nil, nil), ("prod", nil, nil, "env/prod"), (nil, "shop", nil, "service/shop"),
        ("prod", "shop", nil, "service/shop/env/prod"), (nil, "shop", "i-1", "instance/shop/i-1"),
    ])
    func partsMakeLayers(environment: String?, service: String?, instance: String?, path: String?) throws {
        #expect(
            try ConfigLayer.joining(environment: environment, service: service, instance: instance)?.path == path)
    }

    @Test func partsThatMakeNoLayerAreRefused() {
        #expect(throws: Failure.self) { try ConfigLayer.joining(environment: nil, service: nil, instance: "i") }
        #expect(throws: Failure.self) { try ConfigLayer.joining(environment: "p", service: "s", instance: "i") }
    }

    @Test(
        arguments: [
            ("5", nil, "5"), ("5", "string", #""5""#), ("five", nil, #""five""#), ("five", "integer", #""five""#),
            (#"{"a":1}"#, "object", #"{"a":1}"#), ("1.0", "float", "1.0"), ("true", "boolean", "true"),
            ("true", "string", #""true""#), (#""true""#, "string", #""true""#), ("null", nil, "null"),
            ("null", "string", #""null""#), ("30s", "duration", #""30s""#), ("90", "duration", #""90""#),
            (#"{"$secret":"s/data/a#b"}"#, "string", #"{"$secret":"s/data/a#b"}"#),
            ("secret/data/a#b", "secret", #"{"$secret":"secret/data/a#b"}"#), (#"{"a":1}"#, "string", #""{\"a\":1}""#),
        ] as [(String, String?, String)])
    func valuesAreReadByTheirType(text: String, type: String?, json: String) {
        #expect(String(decoding: ConfigValue.json(text, type: type).serialized(), as: UTF8.self) == json)
    }

    @Test(arguments: [
        ("10%", #"{"percent":10}"#), ("10%:5m", #"{"percent":10,"hold":300}"#),
        (" 0.5 : 90 : 80% ", #"{"percent":0.5,"hold":90,"min_acknowledged":80}"#),
        ("100:0:100", #"{"percent":100,"hold":0,"min_acknowledged":100}"#),
    ])
    func stepsAreSharesAndTimesAndAcknowledgements(text: String, json: String) throws {
        #expect(String(decoding: try ConfigRolloutStep.parse(text).serialized(), as: UTF8.self) == json)
    }

    @Test(arguments: ["", "0", "101", "10%:", ":5m", "10%:-1s", "10%:500ms", "10%:5m:", "10%:5m:101", "1:2:3:4", "x"])
    func whatIsNoStepIsRefused(text: String) {
        #expect(throws: Failure.self) { try ConfigRolloutStep.parse(text) }
    }

    @Test(arguments: [
        ("errors<=0.010", #"{"metric":"errors","max":0.010}"#), (" p99.ms >= 1e2 ", #"{"metric":"p99.ms","min":1e2}"#),
    ])
    func guardsAreMetricsAndBounds(text: String, json: String) throws {
        #expect(String(decoding: try ConfigRolloutStep.bound(text).serialized(), as: UTF8.self) == json)
    }

    @Test(arguments: ["", "errors", "errors<1", "errors=1", "<=1", "errors<=", "errors<=x", "a b<=1", "errors<"])
    func whatIsNoGuardIsRefused(text: String) {
        #expect(throws: Failure.self) { try ConfigRolloutStep.bound(text) }
    }

    @Test func changesAreShownWithSigns() throws {
        let changes = try JSON(
            parsing: #"[{"path":"value","from":"info","to":"debug"},{"path":"","to":1},"#
                + #"{"path":"p","hmac_from":"aa","hmac_to":"bb"},{"path":"q","from":{"version":3,"hmac":"cc"}}]"#)
        #expect(
            ChangeText.lines(changes) == [
                "value", #"  - "info""#, #"  + "debug""#, "(all)", "  + 1", "p", "  - HMAC aa", "  + HMAC bb", "q",
                "  - version 3, HMAC cc",
            ])
    }

    @Test func changesOfSensitiveValuesAreDigests() throws {
        let version = try JSON(parsing: #"{"changes":[],"redacted":true,"hmac_from":"aa","hmac_to":"bb"}"#)
        #expect(ChangeText.lines(of: version, indent: "  ") == ["  - HMAC aa", "  + HMAC bb"])
        #expect(ChangeText.lines(of: ["hmac_from": nil, "hmac_to": "bb"]) == ["+ HMAC bb"])
    }
}
