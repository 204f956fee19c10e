import EngineKit
import Notation
import Synchronization

/// Keeps in memory what evaluations leave behind, until it is written in one go: how often flags are evaluated, which
/// keys no flag has, who was given what, and which variations are to stay with someone.
///
/// Evaluation itself never writes and never waits. What is kept here and not written yet is lost when the process dies;
/// it is written every second.
package final class EvaluationRecorder: Sendable {
    /// The most that is kept of each sort; beyond it, what comes is passed over until something was written.
    static let limit = 100_000
    /// The most unknown keys that are kept of an environment.
    static let unknownLimit = 1_000

    /// An environment of a mount.
    struct Place: Hashable, Sendable {
        let realm: Realm
        let environment: [UInt8]
    }

    /// A flag whose tally has counts.
    struct Counted: Sendable {
        let place: Place
        let flag: CompiledFlag
    }

    /// How often an unknown key was asked for.
    struct Unknown: Sendable {
        var count: UInt64
        var first: Timestamp
        var last: Timestamp
    }

    /// Someone in a series.
    struct Person: Hashable, Sendable {
        let series: AssignmentSeries
        let key: String
    }

    /// What has gathered.
    struct Gathered: Sendable {
        var counted: [Counted] = []
        var unknown: [Place: [[UInt8]: Unknown]] = [:]
        var exposures: [Person: Exposure] = [:]
        var sticky: [Person: String] = [:]

        /// Whether there is nothing to write.
        var isEmpty: Bool { counted.isEmpty && unknown.isEmpty && exposures.isEmpty && sticky.isEmpty }
    }

    private struct State {
        var gathered = Gathered()
        // Exposures that were told lately, by a keyed hash: the older half is forgotten when the newer one is full.
        var toldLately: Set<Int> = []
        var toldBefore: Set<Int> = []
        var confirmed: [Confirmation: Timestamp] = [:]
    }

    private struct Confirmation: Hashable {
        let place: Place
        let rights: UInt64
    }

    private let state = Mutex(State())

    /// Makes an empty recorder.
    package init() {}

    // MARK: what evaluations leave

    /// Takes in an evaluation that was answered.
    ///
    /// - Parameters:
    ///   - key: the key that was asked for.
    ///   - evaluation: what came of it.
    ///   - served: the place of the variation that was served.
    ///   - place: where.
    ///   - targetingKey: for whom; `nil` when the context does not say.
    ///   - time: when.
    func note(
        _ key: String, _ evaluation: Evaluation, served: Int?, at place: Place, targetingKey: String?, time: Timestamp
    ) {
        guard let flag = evaluation.flag else {
            if evaluation.errorCode == .flagNotFound { noteUnknown(key, at: place, time) }
            return
        }
        if flag.usage.count(served) {
            state.withLock { $0.gathered.counted.append(Counted(place: place, flag: flag)) }
        }
        guard flag.source.definition.recordsExposures, let targetingKey,
            (1...ModelLimits.keyBytes).contains(targetingKey.utf8.count), let series = Self.series(flag, at: place),
            let exposure = evaluation.exposure(targetingKey, time)
        else { return }
        let person = Person(series: series, key: targetingKey)
        state.withLock { state in
            var hasher = Hasher()
            hasher.combine(person)
            hasher.combine(exposure.variation)
            hasher.combine(exposure.isDark)
            let hash = hasher.finalize()
            guard !state.toldLately.contains(hash), !state.toldBefore.contains(hash),
                state.gathered.exposures.count < Self.limit
            else { return }
            state.gathered.exposures[person] = exposure
            if state.toldLately.count >= Self.limit {
                state.toldBefore = state.toldLately
                state.toldLately = []
            }
            state.toldLately.insert(hash)
        }
    }

    /// Takes note that someone was told that nothing is new (304), which says that the flags are in use.
    ///
    /// - Parameters:
    ///   - rights: what tells apart who sees which flags.
    ///   - flags: the flags that the caller sees; asked for once a minute.
    func confirm(at place: Place, rights: UInt64, time: Timestamp, _ flags: () -> [CompiledFlag]) {
        let isNew = state.withLock { state in
            let confirmation = Confirmation(place: place, rights: rights)
            if let last = state.confirmed[confirmation], time.since(last).wholeSeconds < 60 { return false }
            if state.confirmed.count >= 10_000 { state.confirmed.removeAll() }
            state.confirmed[confirmation] = time
            return true
        }
        guard isNew else { return }
        let counted = flags().filter { $0.usage.touch() }.map { Counted(place: place, flag: $0) }
        state.withLock { $0.gathered.counted += counted }
    }

    /// Has a variation stay with someone.
    func keep(_ variation: String, of flag: CompiledFlag, for value: String, at place: Place) {
        guard let series = Self.series(flag, at: place) else { return }
        let person = Person(series: series, key: value)
        state.withLock { state in
            guard state.gathered.sticky.count < Self.limit, state.gathered.sticky[person] == nil else { return }
            state.gathered.sticky[person] = variation
        }
    }

    /// The variation that is to stay with someone and is not written yet.
    func keptVariation(_ person: Person) -> String? { state.withLock { $0.gathered.sticky[person] } }

    private func noteUnknown(_ key: String, at place: Place, _ time: Timestamp) {
        guard DocumentName.isValid(key) else { return }
        let name = Array(key.utf8)
        state.withLock { state in
            var keys = state.gathered.unknown[place] ?? [:]
            guard keys[name] != nil || keys.count < Self.unknownLimit else { return }
            keys[name, default: Unknown(count: 0, first: time, last: time)].count += 1
            keys[name]?.last = time
            state.gathered.unknown[place] = keys
        }
    }

    // MARK: what is written

    /// Takes what has gathered.
    func take() -> Gathered {
        state.withLock { state in
            let gathered = state.gathered
            state.gathered = Gathered()
            // What is to stay can be asked for until it is written; it is taken away by `written`.
            state.gathered.sticky = gathered.sticky
            return gathered
        }
    }

    /// Forgets variations that were written.
    func written(_ persons: some Sequence<Person>) {
        state.withLock { state in for person in persons { state.gathered.sticky[person] = nil } }
    }

    /// Takes exposures back that could not be written.
    func takeBack(_ exposures: [(person: Person, exposure: Exposure)]) {
        state.withLock { state in
            for (person, exposure) in exposures where state.gathered.exposures[person] == nil {
                guard state.gathered.exposures.count < Self.limit else { return }
                state.gathered.exposures[person] = exposure
            }
        }
    }

    /// The series that a flag's evaluations belong to; `nil` without a state.
    static func series(_ flag: CompiledFlag, at place: Place) -> AssignmentSeries? {
        guard let salt = flag.source.state?.salt else { return nil }
        return AssignmentSeries(
            realm: place.realm, environment: place.environment, flag: Array(flag.key.utf8), salt: Array(salt.utf8))
    }
}

extension Evaluation {
    /// The exposure that this evaluation is; `nil` when nobody was given a variation of the flag's own choice.
    fileprivate func exposure(_ targetingKey: String, _ time: Timestamp) -> Exposure? {
        guard let flag, let variation = hiddenVariation ?? variation, errorCode == nil else { return nil }
        return Exposure(
            targetingKey: targetingKey, variation: variation, time: time, version: flag.source.stateVersion,
            isDark: hiddenVariation != nil)
    }
}
