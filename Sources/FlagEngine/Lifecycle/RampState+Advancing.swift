import EngineKit
package import Notation

/// What has been seen since the current step of a ramp began.
package struct RampObservations: Sendable {
    /// How many evaluations were recorded.
    package var sampleCount: Int
    /// Values of metrics by name; a metric that is not there has not been reported.
    package var metrics: [String: Double]

    /// Gathers observations.
    package init(sampleCount: Int = 0, metrics: [String: Double] = [:]) {
        self.sampleCount = sampleCount
        self.metrics = metrics
    }
}

/// What a ramp wants done.
package struct RampAdvance: Sendable {
    /// How many should get the variation now, in thousandths of a percent; `nil` when nothing is to be applied.
    /// Applying it again does no harm.
    package let weight: Int?
    /// When to ask again; `nil` when only an approval, a sample, a metric or a person can change something.
    package let due: Timestamp?
    /// The gates that keep the step from ending.
    package let waitingFor: [RampGate]
}

extension RampState {
    /// Lets a ramp go on as far as it may: at most by one step, so that each step is seen.
    ///
    /// - Parameters:
    ///   - plan: What the ramp follows.
    ///   - now: The time.
    ///   - observed: What has been seen since the step began.
    package mutating func advance(
        _ plan: RampPlan, now: Timestamp, observed: RampObservations = RampObservations()
    ) -> RampAdvance {
        guard phase == .running || phase == .waiting, plan.steps.indices.contains(step) else { return .nothing }
        let current = plan.steps[step]
        if let breached = current.breachedGuard(observed) {
            stop(breached, now: now)
            return .nothing
        }
        let end = stepStarted.adding(seconds: current.hold)
        guard now >= end else {
            phase = .running
            return RampAdvance(weight: current.weight, due: end, waitingFor: [])
        }
        let closed = current.gates.filter { !isOpen($0, now: now, observed: observed) }
        guard closed.isEmpty else {
            phase = .waiting
            return RampAdvance(weight: current.weight, due: closed.compactMap(\.instant).min(), waitingFor: closed)
        }
        return beginNextStep(plan, now: now)
    }

    /// Goes to the next step whatever the gates say and however short this one was.
    ///
    /// - Throws: ``RampError`` when the ramp is paused or over.
    package mutating func skip(_ plan: RampPlan, now: Timestamp) throws(RampError) -> RampAdvance {
        guard phase == .running || phase == .waiting else { throw .notPossible(while: phase) }
        return beginNextStep(plan, now: now)
    }

    /// Notes that someone approves of the next step; twice counts once.
    ///
    /// - Throws: ``RampError`` when the ramp is over.
    package mutating func approve(by name: String) throws(RampError) {
        guard !isOver else { throw .notPossible(while: phase) }
        if !approvals.contains(where: { $0.bytesEqual(to: name) }) { approvals.append(name) }
    }

    /// Stops the ramp until it is resumed; time does not count meanwhile.
    ///
    /// - Throws: ``RampError`` when it is paused or over.
    package mutating func pause(now: Timestamp, reason: String) throws(RampError) {
        guard phase == .running || phase == .waiting else { throw .notPossible(while: phase) }
        stop(.pause, reason: reason, now: now)
    }

    /// Lets a paused ramp go on with what is left of its step.
    ///
    /// - Throws: ``RampError`` when it is not paused.
    package mutating func resume(now: Timestamp) throws(RampError) {
        guard phase == .paused else { throw .notPossible(while: phase) }
        if let pausedAt, pausedAt < now { stepStarted = stepStarted.adding(now.since(pausedAt)) }
        phase = .running
        pausedAt = nil
        reason = ""
    }

    /// Gives the ramp up; what it changed is for the caller to take back.
    ///
    /// - Throws: ``RampError`` when it is over.
    package mutating func abort(now: Timestamp, reason: String) throws(RampError) {
        guard !isOver else { throw .notPossible(while: phase) }
        stop(.abort, reason: reason, now: now)
    }

    private mutating func beginNextStep(_ plan: RampPlan, now: Timestamp) -> RampAdvance {
        guard plan.steps.indices.contains(step + 1) else {
            phase = .finished
            return RampAdvance(weight: plan.steps.last?.weight, due: nil, waitingFor: [])
        }
        step += 1
        stepStarted = now
        approvals = []
        phase = .running
        let next = plan.steps[step]
        return RampAdvance(weight: next.weight, due: now.adding(seconds: next.hold), waitingFor: [])
    }

    private mutating func stop(_ breached: RampGate.Guard, now: Timestamp) {
        stop(breached.onBreach, reason: "the metric \(breached.metric) is out of bounds", now: now)
    }

    private mutating func stop(_ breach: RampGate.Guard.Breach, reason: String, now: Timestamp) {
        phase = breach == .pause ? .paused : .aborted
        pausedAt = breach == .pause ? now : nil
        self.reason = reason
    }

    private func isOpen(_ gate: RampGate, now: Timestamp, observed: RampObservations) -> Bool {
        switch gate {
        case .time(let instant): now >= instant
        case .approval(let count): approvals.count >= count
        case .sample(let minimum): observed.sampleCount >= minimum
        // A breach was looked for before; a metric nobody reports vouches for nothing.
        case .guard(let bound): observed.metrics[bound.metric] != nil
        }
    }
}

extension RampAdvance {
    fileprivate static let nothing = RampAdvance(weight: nil, due: nil, waitingFor: [])
}

extension RampPlan.Step {
    fileprivate func breachedGuard(_ observed: RampObservations) -> RampGate.Guard? {
        for case .guard(let bound) in gates {
            guard let value = observed.metrics[bound.metric], !bound.allows(value) else { continue }
            return bound
        }
        return nil
    }
}

extension RampGate {
    fileprivate var instant: Timestamp? { if case .time(let instant) = self { instant } else { nil } }
}
