import AllocationCount
import FlagEngine
import Notation

/// The kinds of flags that are timed.
enum FlagKind: String, CaseIterable {
    /// The same for everyone.
    case fixed = "static"
    /// One rule, which holds for half of the contexts.
    case rule
    /// A split into halves by the targeting key.
    case split

    /// The state of a flag of this kind.
    var state: String {
        switch self {
        case .fixed: #"{"on": true, "fallthrough": {"variation": "on"}}"#
        case .rule:
            #"""
            {"on": true, "rules": [{
                "if": [{"attribute": "plan", "operator": "in", "values": ["paid", "trial"]}],
                "serve": {"variation": "on"}}]}
            """#
        case .split:
            #"""
            {"on": true, "fallthrough": {"split": [
                {"variation": "on", "weight": 50000}, {"variation": "off", "weight": 50000}]}}
            """#
        }
    }

    /// How many of a thousand evaluations serve `true`.
    var trueOfThousand: ClosedRange<Int> {
        switch self {
        case .fixed: 1000...1000
        case .rule: 500...500
        case .split: 400...600
        }
    }
}

/// Flags of one kind in one environment, all asked for, for one user after the other.
struct FlagSeries {
    /// How many evaluations one run is.
    static let evaluations = flagCount * userCount
    private static let flagCount = 100
    private static let userCount = 1_000

    let kind: String
    private let set: FlagSet
    private let keys: [String]
    private let contexts: [EvaluationContext]
    private let expected: ClosedRange<Int>

    /// Makes the flags and the contexts.
    init(_ kind: FlagKind) throws {
        let definition = try FlagDefinition(json: try JSON(parsing: #"{"type": "boolean"}"#))
        let document = try JSON(parsing: kind.state)
        let keys = (0..<Self.flagCount).map { "checkout-step-\($0)" }
        let flags = try keys.map { key in
            let state = try FlagState(json: document, definition: definition, salt: "salt-of-\(key)")
            return FlagSource(
                key: key, definition: definition, definitionVersion: 1, state: state, stateVersion: 1)
        }
        self.kind = kind.rawValue
        self.keys = keys
        set = FlagSet(environment: "prod", revision: 1, flags: flags)
        contexts = try (0..<Self.userCount).map { number in
            let plan = number.isMultiple(of: 2) ? "paid" : "free"
            return try EvaluationContext(
                ["targetingKey": .string("user-\(number)"), "country": "DE", "plan": .string(plan)])
        }
        expected = kind.trueOfThousand
    }

    /// Evaluates.
    ///
    /// - Returns: the nanoseconds of one evaluation, and the allocations of all.
    /// - Throws: `Failure` when the flags did not serve what they must.
    func run() throws -> (nanoseconds: Double, allocations: UInt) {
        let now = Timestamp(seconds: 1_800_000_000)
        var served = 0
        let before = allocation_count()
        let spent = ContinuousClock().measure {
            for context in contexts {
                for key in keys where set.evaluate(key, context: context, now: now).boolValue == true {
                    served &+= 1
                }
            }
        }
        let allocations = allocation_count() - before
        guard expected.contains(served * 1000 / Self.evaluations) else {
            throw Failure(description: "\(kind): \(served) of \(Self.evaluations) served true")
        }
        return (spent / .nanoseconds(Self.evaluations), allocations)
    }
}
