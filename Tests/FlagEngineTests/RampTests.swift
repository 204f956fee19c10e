import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct RampPlanTests {
    @Test func comesBackAsItWasWritten() throws {
        let document =
            #"{"steps":[{"percent":0.5,"hold":3600,"gates":[{"kind":"time","at":"2026-01-01T00:00:00Z"},{"kind":"approval","approvals":2}]},"#
            + #"{"percent":100,"hold":0,"gates":[{"kind":"sample","minimum":1000},{"kind":"guard","metric":"errors","max":0.010,"on_breach":"abort"}]}],"#
            + #""target_variation":"on"}"#
        #expect(text(try RampPlan(json: try json(document)).json) == document)
        let short = try RampPlan(json: try json(#"{"steps":[{"percent":5,"hold":"1h30m"}],"target_variation":"on"}"#))
        #expect(short.steps[0].hold == 5_400)
    }

    @Test(arguments: [
        (#"{"steps":[],"target_variation":"on"}"#, "steps: must have at least one element"),
        (#"{"steps":[{"percent":5}]}"#, "target_variation: is missing"),
        (#"{"steps":[{"percent":5}],"target_variation":"x"}"#, "target_variation: is not a variation of the flag"),
        (
            #"{"steps":[{"percent":0}],"target_variation":"on"}"#,
            "steps[0].percent: must be more than the percentage before it"
        ),
        (
            #"{"steps":[{"percent":5},{"percent":5}],"target_variation":"on"}"#,
            "steps[1].percent: must be more than the percentage before it"
        ),
        (
            #"{"steps":[{"percent":5,"hold":-1}],"target_variation":"on"}"#,
            "steps[0].hold: must be a duration of 0 to 31536000 seconds"
        ),
        (
            #"{"steps":[{"percent":5,"hold":"soon"}],"target_variation":"on"}"#,
            "steps[0].hold: must be a duration of 0 to 31536000 seconds"
        ),
        (
            #"{"steps":[{"percent":5,"gates":[{"kind":"luck"}]}],"target_variation":"on"}"#,
            "steps[0].gates[0].kind: must be one of time, approval, sample, guard"
        ),
        (
            #"{"steps":[{"percent":5,"gates":[{"kind":"time","minimum":1}]}],"target_variation":"on"}"#,
            "steps[0].gates[0].minimum: is not a known member"
        ),
        (
            #"{"steps":[{"percent":5,"gates":[{"kind":"guard","metric":"m"}]}],"target_variation":"on"}"#,
            "steps[0].gates[0]: must have max or min"
        ),
    ])
    func isRefusedWithTheFieldNamed(document: String, message: String) throws {
        let definition = try FlagDefinition(json: try json(#"{"type":"boolean"}"#))
        let error = try #require(throws: ModelError.self) {
            try RampPlan(json: try json(document), definition: definition)
        }
        #expect(error.description == message)
    }
}

@Suite struct RampStateTests {
    private func at(_ seconds: Int) -> Timestamp { Timestamp(seconds: 1_000_000 + Int64(seconds)) }

    private func plan(_ gates: String = "", _ second: String = "") throws -> RampPlan {
        try RampPlan(
            json: try json(
                #"{"steps":[{"percent":10,"hold":60,"gates":[\#(gates)]},{"percent":50,"hold":60,"gates":[\#(second)]},{"percent":100,"hold":60}],"target_variation":"on"}"#
            ))
    }

    @Test func goesStepByStepWithTheTime() throws {
        let plan = try plan()
        var ramp = RampState(startingAt: at(0))
        var advance = ramp.advance(plan, now: at(0))
        #expect(advance.weight == 10_000 && advance.due == at(60) && ramp.phase == .running)
        advance = ramp.advance(plan, now: at(59))
        #expect(advance.weight == 10_000 && advance.due == at(60) && ramp.step == 0)
        advance = ramp.advance(plan, now: at(1_000))
        #expect(advance.weight == 50_000 && advance.due == at(1_060) && ramp.step == 1)
        advance = ramp.advance(plan, now: at(1_060))
        #expect(advance.weight == 100_000 && ramp.phase == .running)
        advance = ramp.advance(plan, now: at(1_120))
        #expect(advance.weight == 100_000 && advance.due == nil && ramp.phase == .finished && ramp.isOver)
        #expect(ramp.advance(plan, now: at(9_999)).weight == nil)
    }

    @Test func waitsForItsGates() throws {
        let plan = try plan(
            #"{"kind":"time","at":"1970-01-12T13:48:20Z"},{"kind":"approval","approvals":2},{"kind":"sample","minimum":5}"#
        )
        var ramp = RampState(startingAt: at(0))
        let waiting = ramp.advance(plan, now: at(60))
        #expect(ramp.phase == .waiting && waiting.waitingFor.count == 3 && waiting.weight == 10_000)
        #expect(waiting.due == at(100))
        try ramp.approve(by: "ann")
        try ramp.approve(by: "ann")
        let seen = RampObservations(sampleCount: 5)
        #expect(ramp.advance(plan, now: at(100), observed: seen).waitingFor.count == 1)
        try ramp.approve(by: "bob")
        #expect(ramp.advance(plan, now: at(99), observed: seen).waitingFor.count == 1)
        #expect(ramp.advance(plan, now: at(100), observed: RampObservations(sampleCount: 4)).waitingFor.count == 1)
        #expect(ramp.advance(plan, now: at(100), observed: seen).weight == 50_000)
        #expect(ramp.phase == .running && ramp.approvals.isEmpty)
    }

    @Test func stopsWhenAGuardIsBreached() throws {
        let gate = #"{"kind":"guard","metric":"errors","max":0.01,"on_breach":"BREACH"}"#
        for (breach, phase) in [("pause", RampState.Phase.paused), ("abort", .aborted)] {
            let plan = try plan(gate.replacing("BREACH", with: breach))
            var ramp = RampState(startingAt: at(0))
            #expect(
                ramp.advance(plan, now: at(5), observed: RampObservations(metrics: ["errors": 0.01])).weight == 10_000)
            let stopped = ramp.advance(plan, now: at(6), observed: RampObservations(metrics: ["errors": 0.011]))
            #expect(ramp.phase == phase && stopped.weight == nil)
            #expect(ramp.reason == "the metric errors is out of bounds")
            #expect(ramp.advance(plan, now: at(999)).weight == nil)
        }
    }

    @Test func stopsOnAMetricThatIsNoNumber() throws {
        let plan = try plan(#"{"kind":"guard","metric":"errors","max":1}"#)
        var ramp = RampState(startingAt: at(0))
        _ = ramp.advance(plan, now: at(1), observed: RampObservations(metrics: ["errors": .nan]))
        #expect(ramp.phase == .paused)
    }

    @Test func doesNotTrustAMetricThatNobodyReports() throws {
        let plan = try plan(#"{"kind":"guard","metric":"errors","max":1}"#)
        var ramp = RampState(startingAt: at(0))
        _ = ramp.advance(plan, now: at(60))
        #expect(ramp.phase == .waiting)
    }

    @Test func doesNotCountTheTimeItIsPaused() throws {
        let plan = try plan()
        var ramp = RampState(startingAt: at(0))
        try ramp.pause(now: at(50), reason: "lunch")
        #expect(ramp.advance(plan, now: at(500)).weight == nil && ramp.phase == .paused)
        #expect(throws: RampError.notPossible(while: .paused)) { try ramp.pause(now: at(51), reason: "") }
        #expect(throws: RampError.notPossible(while: .paused)) { try ramp.skip(plan, now: at(51)) }
        try ramp.resume(now: at(1_000))
        #expect(ramp.advance(plan, now: at(1_009)).due == at(1_010))
        #expect(ramp.advance(plan, now: at(1_010)).weight == 50_000)
    }

    @Test func canBeSkippedAndGivenUp() throws {
        let plan = try plan(#"{"kind":"approval"}"#)
        var ramp = RampState(startingAt: at(0))
        #expect(try ramp.skip(plan, now: at(1)).weight == 50_000)
        try ramp.abort(now: at(2), reason: "no")
        #expect(ramp.isOver && ramp.reason == "no")
        #expect(throws: RampError.notPossible(while: .aborted)) { try ramp.resume(now: at(3)) }
        #expect(throws: RampError.notPossible(while: .aborted)) { try ramp.approve(by: "ann") }
        #expect(throws: RampError.notPossible(while: .aborted)) { try ramp.abort(now: at(3), reason: "") }
    }

    @Test func comesBackFromItsDocument() throws {
        var ramp = RampState(startingAt: at(0))
        try ramp.approve(by: "ann")
        try ramp.pause(now: at(1), reason: "why")
        #expect(text(try RampState(json: ramp.json).json) == text(ramp.json))
        #expect(throws: ModelError.self) {
            try RampState(json: ["phase": "running", "step": 50, "step_started": "1970-01-01T00:00:00Z"])
        }
        var damaged = try RampState(json: ["phase": "running", "step": 49, "step_started": "1970-01-01T00:00:00Z"])
        #expect(damaged.advance(try plan(), now: at(0)).weight == nil)
    }
}

@Suite struct WideningTests {
    private func variation(_ serve: Serve, bucket: Int) -> String {
        switch serve {
        case .variation(let name): return name
        case .split(let shares):
            var end = 0
            for share in shares {
                end += share.weight
                if bucket < end { return share.variation }
            }
            return ""
        }
    }

    @Test(arguments: [
        Serve.variation("off"), .variation("on"),
        .split([.init(variation: "on", weight: 10_000), .init(variation: "off", weight: 90_000)]),
        .split([.init(variation: "off", weight: 90_000), .init(variation: "on", weight: 10_000)]),
        .split([
            .init(variation: "a", weight: 30_000), .init(variation: "on", weight: 20_000),
            .init(variation: "b", weight: 0), .init(variation: "c", weight: 50_000),
        ]),
        .split([.init(variation: "a", weight: 1), .init(variation: "b", weight: 99_999)]),
    ])
    func onlyEverMovesPeopleIntoTheVariation(start: Serve) {
        var serve = start
        for weight in [0, 1, 5_000, 10_000, 33_333, 60_000, 20_000, 99_999, 100_000, 150_000] {
            let wider = serve.widened("on", to: weight)
            var reached = 0
            for bucket in 0..<100_000 {
                let (before, after) = (variation(serve, bucket: bucket), variation(wider, bucket: bucket))
                if after == "on" { reached += 1 }
                if before != after, after != "on" { Issue.record("bucket \(bucket) moves from \(before) to \(after)") }
            }
            #expect(reached >= min(weight, 100_000))
            if case .split(let shares) = wider { #expect(shares.reduce(0) { $0 + $1.weight } == 100_000) }
            serve = wider
        }
        #expect(serve.variations == ["on"])
    }

    @Test func keepsTheRestOfTheState() throws {
        let state = FlagState(isOn: true, offVariation: "off", fallThrough: .variation("off"), salt: "s")
        let wider = state.widened("on", to: 25_000)
        #expect(
            state.changes(to: wider).map(\.path) == ["fallthrough.variation", "fallthrough.split"])
        #expect(wider.salt == "s" && wider.isOn)
    }
}

extension String {
    /// The text with every occurrence of another one replaced.
    fileprivate func replacing(_ part: String, with other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
