import FlagEngine
import Notation
import Testing

@Suite struct LifecycleTests {
    private static let created = Timestamp(seconds: 1_700_000_000)

    private func day(_ number: Int) -> Timestamp { Timestamp(seconds: Self.created.seconds + Int64(number) * 86_400) }

    private func stage(
        _ kind: FlagKind, today: Int, changed: Int = 0, expires: Int? = nil, evaluated: Int?, one: Bool = false
    ) -> FlagLifecycle {
        FlagLifecycle(
            of: FlagLifecycle.Facts(
                kind: kind, created: Self.created, changed: day(changed), expires: expires.map(day),
                lastEvaluated: evaluated.map(day), servesOneVariation: one),
            now: day(today))
    }

    @Test func tellsTheStageAndTheReasons() {
        let cases: [(FlagLifecycle, FlagLifecycle.Stage, [FlagLifecycle.Sign])] = [
            (stage(.release, today: 39, evaluated: 39), .live, []),
            (stage(.release, today: 40, evaluated: 40), .potentiallyStale, [.olderThanExpected]),
            (stage(.experiment, today: 41, evaluated: 11), .stale, [.olderThanExpected, .notEvaluated]),
            (stage(.ops, today: 7, evaluated: 7), .potentiallyStale, [.olderThanExpected]),
            (stage(.permission, today: 4_000, evaluated: 3_999), .live, []),
            (stage(.permission, today: 4_000, evaluated: nil), .potentiallyStale, [.notEvaluated]),
            (stage(.release, today: 5, expires: 5, evaluated: 5), .stale, [.expired]),
            (stage(.release, today: 5, expires: 6, evaluated: 5), .live, []),
            (stage(.release, today: 20, changed: 13, evaluated: 20, one: true), .launched, [.oneVariation]),
            (stage(.release, today: 20, changed: 14, evaluated: 20, one: true), .live, []),
            (stage(.release, today: 50, evaluated: 50, one: true), .launched, [.olderThanExpected, .oneVariation]),
            (stage(.release, today: 31, evaluated: nil, one: true), .stale, [.notEvaluated, .oneVariation]),
            (stage(.permission, today: 50, evaluated: 50, one: true), .live, []),
            (stage(.ops, today: 6, evaluated: 6, one: true), .live, []),
        ]
        for (lifecycle, stage, signs) in cases {
            #expect(lifecycle.stage == stage && lifecycle.signs == signs)
        }
        #expect(text(cases[2].0.json) == #"{"stage":"stale","reasons":["older_than_expected","not_evaluated"]}"#)
    }

    @Test func followsOtherExpectations() {
        let facts = FlagLifecycle.Facts(
            kind: .permission, created: Self.created, changed: Self.created, lastEvaluated: day(10),
            servesOneVariation: false)
        let strict = LifecycleExpectations(permissionDays: 5)
        #expect(FlagLifecycle(of: facts, now: day(10), expectations: strict).signs == [.olderThanExpected])
        let extreme = LifecycleExpectations(releaseDays: .max, silenceDays: .max)
        #expect(FlagLifecycle(of: facts, now: day(10), expectations: extreme).stage == .live)
    }

    @Test func comparesWhatEnvironmentsServe() throws {
        let on = FlagState(isOn: true, offVariation: "off", fallThrough: .variation("on"), salt: "s")
        let off = FlagState(isOn: false, offVariation: "off", fallThrough: .variation("on"), salt: "s")
        #expect(FlagLifecycle.serveOneVariation([on, on]))
        #expect(!FlagLifecycle.serveOneVariation([on, off]))
        #expect(!FlagLifecycle.serveOneVariation([]))
    }
}
