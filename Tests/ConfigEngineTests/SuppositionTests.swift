@testable import ConfigEngine
import EngineKit
import Notation
import Testing

/// What is checked of a change beside itself.
@Suite struct SuppositionTests {
    private static func rollout(_ id: String, _ key: String, of service: String) throws -> Supposition {
        let plan = try RolloutPlan(
            json: [
                "layer": .string("service/\(service)"), "changes": .object(JSONObject([.init(name: key, value: 7)])),
                "steps": [["percent": 50]],
            ], author: "test")
        return Supposition(while: Rollout(id, plan, at: Timestamp(seconds: 0)))
    }

    private let change = Supposition(.global, says: [("s.max", .value(3))])

    @Test func othersCountAloneAndTogether() throws {
        let others = [
            try Self.rollout("one", "s.min", of: "a"), try Self.rollout("two", "s.mean", of: "b"),
            try Self.rollout("three", "t.min", of: "a"),
        ]
        let states = change.states(with: others) { $0.utf8.starts(with: "s.".utf8) }
        #expect(
            states.map(\.circumstance) == [
                "", " with the rollout \"one\"", " with the rollout \"two\"",
                " with the rollout \"one\" and the rollout \"two\"",
            ])
        #expect(states.map { $0.keys.count } == [1, 2, 2, 3])
    }

    @Test func othersCountWhereTheyAreSeen() throws {
        let states = change.states(with: [try Self.rollout("one", "s.min", of: "a")]) { _ in true }
        #expect(states.map { $0.reaches(Place(service: "a")) } == [true, true])
        #expect(states.map { $0.reaches(Place(service: "b")) } == [true, false])
    }
}
