import EngineKit
import Notation

/// A change on its way: the plan, and how far it has come.
struct Rollout: Sendable {
    /// Where a rollout stands.
    enum Phase: String, Sendable {
        case running, paused, completed, reverted, aborted

        /// Whether instances are served the change by the rollout.
        var isServed: Bool { self == .running || self == .paused }
    }

    /// How far a rollout has come.
    struct State: Sendable {
        var phase: Phase
        /// The step that is in force, from 0.
        var step: Int
        /// Since when; what instances have reported since then counts.
        var since: Timestamp
        /// From when its hold and its timeout count: since it began, or since the rollout was let go on after a pause.
        var counted: Timestamp
        /// The revision that the step began with, where the rollout was paused since.
        var begun: UInt64?
        /// Why it stands where it stands, in words.
        var note: String
    }

    let id: String
    let plan: RolloutPlan
    var state: State
    /// The revision that brought it here.
    let revision: UInt64

    /// Starts a rollout.
    init(_ id: String, _ plan: RolloutPlan, at time: Timestamp) {
        self.id = id
        self.plan = plan
        state = State(phase: .running, step: 0, since: time, counted: time, note: "")
        revision = 0
    }

    /// Reads a rollout's document.
    init(_ id: String, _ document: StoredDocument) throws(EngineError) {
        let content = document.content
        guard let phase = content["phase"]?.stringValue.flatMap({ Phase(rawValue: $0) }),
            let step = content["step"]?.intValue,
            let since = content["since"]?.stringValue.flatMap({ Timestamp(parsing: $0) }),
            let author = content["author"]?.stringValue,
            let plan = try? RolloutPlan(json: .object(content.only(["layer", "changes", "steps"])), author: author),
            plan.steps.indices.contains(step)
        else { throw .internalError("a stored rollout cannot be read") }
        self.id = id
        self.plan = plan
        // Earlier releases had one time for both.
        let counted = content["counted_since"]?.stringValue.flatMap { Timestamp(parsing: $0) } ?? since
        let begun: UInt64? = if case .number(let text)? = content["step_revision"] { UInt64(text) } else { nil }
        state = State(
            phase: phase, step: step, since: since, counted: counted, begun: begun,
            note: content["note"]?.stringValue ?? "")
        revision = document.revision
    }

    /// The step that is in force.
    var step: RolloutStep { plan.steps[state.step] }

    /// Whether an instance has the change: its bucket falls below the step's share. Steps only widen, so who has it
    /// keeps it.
    ///
    /// - Parameter instance: the instance; nobody in particular has the change with the last step only.
    func reaches(_ instance: String) -> Bool {
        if step.share == Percentage.whole { return true }
        return !instance.isEmpty && BucketHash.blake2b.bucket(salt: id, value: instance) < step.share
    }

    /// Refuses other changes of a key that the rollout changes.
    func refuseIfChanging(_ key: String) throws(EngineError) {
        guard plan.change(of: key) != nil else { return }
        throw .status(409, ["\"\(key)\" is being changed by the rollout \"\(id)\": wait for it, or abort it"])
    }

    /// The revision that the step began with: what instances say of an earlier one is not about it.
    var stepRevision: UInt64 { state.begun ?? revision }

    /// The document.
    var content: JSONObject {
        var content = plan.json.joined(with: [
            "phase": .string(state.phase.rawValue), "step": .integer(state.step),
            "since": .string(state.since.description), "counted_since": .string(state.counted.description),
            "author": .string(plan.author), "note": .string(state.note),
        ])
        if let begun = state.begun { content["step_revision"] = .integer(begun) }
        return content
    }
}

/// What is known of the instances in a step.
struct RolloutObservation: Sendable {
    /// How many instances have a share in the step and have been heard of lately.
    var live = 0
    /// How many of them have applied the change.
    var acknowledged = 0
    /// How many have a share in the step and have not been heard of lately.
    var silent = 0
    /// How many of the silent ones were still heard of when the step began, and have not said that they have applied
    /// it.
    var lost = 0
    /// An instance that could not apply the change; `nil` when there is none.
    var failed: String?
    /// The mean of each metric over the live instances' reports since the step began.
    var means: [String: Double] = [:]
}

extension Rollout {
    /// What is to be done with a rollout.
    enum Decision: Equatable, Sendable {
        /// Nothing yet, for this reason.
        case wait(String)
        /// Go to the next step, or make the change for all.
        case proceed
        /// Take the change back, for this reason.
        case revert(String)
    }

    /// Decides from what is known. While it is paused nothing goes on, and what goes wrong is still taken back.
    func decision(_ observed: RolloutObservation, now: Timestamp) -> Decision {
        if let failed = observed.failed { return .revert("instance \(failed) could not apply the change") }
        for bound in step.guards {
            guard let mean = observed.means[bound.metric], !bound.allows(mean) else { continue }
            let word = bound.isGreatest ? "above" : "below"
            return .revert("\(bound.metric) is \(word) \(bound.bound.text)")
        }
        if state.phase == .paused { return .wait("the rollout is paused") }
        let passed = now.since(state.counted).wholeSeconds
        // Those that the change may have silenced have not applied it.
        let asked = observed.live + observed.lost
        let needed = asked * step.acknowledged
        let isAcknowledged = observed.acknowledged * Percentage.whole >= needed
        if let timeout = step.timeout, passed >= Int64(timeout), !isAcknowledged {
            return .revert("the step was not acknowledged in \(timeout) seconds")
        }
        if passed < Int64(step.hold) { return .wait("the step is held") }
        if !isAcknowledged { return .wait("\(observed.acknowledged) of \(asked) instances have applied it") }
        // A guard that nothing was heard of has not held.
        if asked > 0, let unheard = step.guards.first(where: { observed.means[$0.metric] == nil }) {
            return .wait("no instance has reported \(unheard.metric) yet")
        }
        return .proceed
    }
}
