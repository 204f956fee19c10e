package import EngineKit
package import Notation

/// How far a ramp has come: a state machine whose inputs are the time, observations and people.
package struct RampState: Sendable {
    /// What the ramp does.
    package enum Phase: String, CaseIterable, Sendable {
        /// A step lasts.
        case running
        /// A step has lasted long enough, and gates are not open yet.
        case waiting
        /// Someone, or a guard, stopped it; it can be resumed.
        case paused
        /// It was given up.
        case aborted
        /// The last step is over.
        case finished
    }

    /// What the ramp does.
    package internal(set) var phase = Phase.running
    /// The place of the current step.
    package internal(set) var step = 0
    /// When the step began, moved by the time it was paused.
    package internal(set) var stepStarted: Timestamp
    /// When it was paused.
    package internal(set) var pausedAt: Timestamp?
    /// Who has approved since the step began, each once.
    package internal(set) var approvals: [String] = []
    /// Why it was paused or aborted.
    package internal(set) var reason = ""

    /// A ramp that begins its first step.
    package init(startingAt now: Timestamp) {
        stepStarted = now
    }

    /// Whether nothing can change any more.
    package var isOver: Bool { phase == .aborted || phase == .finished }

    /// Reads a state that was stored.
    ///
    /// - Throws: ``ModelError`` with the first field that is wrong.
    package init(json: JSON, path: String = "") throws(ModelError) {
        let names = ["phase", "step", "step_started", "paused_at", "approvals", "reason"]
        let object = try ModelObject(json, path: path, allowing: names)
        phase = try object.required("phase").word()
        step = try object.required("step").integer(in: 0...(ModelLimits.rampSteps - 1))
        stepStarted = try object.required("step_started").instant()
        pausedAt = try object["paused_at"]?.instant()
        approvals = try object.distinctTexts("approvals", limit: 10_000, byteLimit: ModelLimits.keyBytes)
        reason = try object.text("reason", limit: ModelLimits.descriptionBytes)
    }

    /// The document.
    package var json: JSON {
        [
            "phase": .string(phase.rawValue), "step": .integer(step),
            "step_started": .string(stepStarted.description),
            "paused_at": pausedAt.map { .string($0.description) } ?? .null, "approvals": .strings(approvals),
            "reason": .string(reason),
        ]
    }
}

/// Why a ramp does not do what it is told.
package enum RampError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is over, or not in the phase that this needs.
    case notPossible(while: RampState.Phase)

    /// What is wrong.
    package var description: String {
        switch self {
        case .notPossible(let phase): "not possible while the ramp is \(phase.rawValue)"
        }
    }
}
