import Notation
import Testing

@testable import vaultcli

@Suite struct FlagRampTests {
    @Test(arguments: [
        ("100", #"[{"percent":100,"hold":0}]"#),
        (
            "1%:10m,10%:1h,50%:1h,100%",
            #"[{"percent":1,"hold":600},{"percent":10,"hold":3600},{"percent":50,"hold":3600},"#
                + #"{"percent":100,"hold":0}]"#
        ),
        (" 0.5 : 90 , 12.5% : 1d ", #"[{"percent":0.5,"hold":90},{"percent":12.5,"hold":86400}]"#),
        ("1%:1h30m,2%:0", #"[{"percent":1,"hold":5400},{"percent":2,"hold":0}]"#),
    ])
    func stepsAreSharesAndTimes(text: String, json: String) throws {
        let steps = try FlagRampStep.list(text)
        #expect(String(decoding: FlagRampStep.json(steps, gates: []).serialized(), as: UTF8.self) == json)
    }

    @Test(arguments: [
        ("", 1), ("1%,", 2), (",1%", 1), ("1%:10m,,100%", 2), ("10%:", 1), (":10m", 1), ("10%:1h:2h", 1), ("1,101", 2),
        ("1%:-1h", 1), ("1%:500ms", 1), ("1%:1.5s,100%", 1), ("1%:soon", 1), ("5%:1h;100%", 1), ("-1%", 1),
        ("1%:99999999999h", 1),
    ])
    func whatIsNoStepIsNamedByItsPlace(text: String, place: Int) {
        let failure = #expect(throws: Failure.self) { try FlagRampStep.list(text) }
        #expect(failure?.message.hasPrefix("-steps: step \(place) must be ") == true)
        #expect(failure?.status == 1)
    }

    @Test func gatesStandBehindEachStepButTheLast() throws {
        let json = FlagRampStep.json(try FlagRampStep.list("1,2,3"), gates: [["kind": "approval", "approvals": 1]])
        #expect(
            String(decoding: json.serialized(), as: UTF8.self)
                == #"[{"percent":1,"hold":0,"gates":[{"kind":"approval","approvals":1}]},"#
                + #"{"percent":2,"hold":0,"gates":[{"kind":"approval","approvals":1}]},{"percent":3,"hold":0}]"#)
    }

    @Test(arguments: [
        ("errors<=0.05", #"{"kind":"guard","metric":"errors","max":0.05,"on_breach":"pause"}"#),
        ("errors<=0.050:abort", #"{"kind":"guard","metric":"errors","max":0.050,"on_breach":"abort"}"#),
        (" speed >= -1e3 : pause ", #"{"kind":"guard","metric":"speed","min":-1e3,"on_breach":"pause"}"#),
        ("web:p99.ms<=250:abort", #"{"kind":"guard","metric":"web:p99.ms","max":250,"on_breach":"abort"}"#),
    ])
    func guardsAreMetricsAndBounds(text: String, json: String) throws {
        #expect(String(decoding: try FlagRampGuard.parse(text).serialized(), as: UTF8.self) == json)
    }

    @Test(arguments: [
        "", "errors", "errors<0.05", "errors=0.05", "errors<=", "<=0.05", "errors<=x", "errors<=\"1\"",
        "errors<=1:stop", "errors<=1:", "errors<=1:abort:pause", "two words<=1", "errors<=1<=2", "a<b<=1", "errors<",
    ])
    func whatIsNoGuardIsRefused(text: String) {
        #expect(throws: Failure.self) { try FlagRampGuard.parse(text) }
    }

    @Test(arguments: [
        ("running", "", "null", "Ramp of shop in prod: running, 10% get on (step 2 of 3) until T"),
        (
            "waiting", #"{"kind":"approval","approvals":2},{"kind":"sample","minimum":500}"#, "null",
            "Ramp of shop in prod: waiting, 10% get on (step 2 of 3), for 2 approvals (1 so far)"
                + " and a sample of 500 (120 so far)"
        ),
        (
            "waiting", #"{"kind":"guard","metric":"errors","max":0.05,"on_breach":"abort"}"#, "null",
            "Ramp of shop in prod: waiting, 10% get on (step 2 of 3), for errors <= 0.05, else abort"
                + " (nothing tracked so far)"
        ),
        ("aborted", "", #""too slow""#, "Ramp of shop in prod: aborted, all is as before the ramp: too slow"),
    ])
    func aRampIsALineForPeople(phase: String, gates: String, reason: String, line: String) throws {
        let ramp = try JSON(
            parsing: #"{"environment":"prod","flag":"shop","target_variation":"on","steps":[{},{},{}],"step":1,"#
                + #""percent":10,"due":"T","approvals":["ana"],"samples":120,"#
                + #""metrics":{"errors":{"count":0,"mean":null}},"#
                + #""phase":"\#(phase)","waiting_for":[\#(gates)],"reason":\#(reason)}"#)
        #expect(FlagRampText.line(ramp) == line)
    }
}
