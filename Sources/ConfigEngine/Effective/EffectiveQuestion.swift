import EngineKit
import Notation

/// A question for effective configuration: of which place, as of when, in which form, and what is known already.
struct EffectiveQuestion {
    let scope: ConfigScope
    let place: Place
    /// As of when; `nil` for now.
    let moment: Moment?
    /// As of when secrets are read that no version is named of; `nil` for now, as for services that are pinned: their
    /// configuration stands still, and the passwords in it go on changing.
    let secretsMoment: Timestamp?
    /// Whether it is told where each value is from.
    let explains: Bool
    /// The form that is asked for.
    let format: ConfigFormat
    /// The revision above which there must be something new before there is an answer; `nil` not to wait.
    let index: UInt64?
    /// Until when is waited.
    let deadline: Timestamp

    /// Reads the question: the path's service, `env`, `instance`, `as_of`, `snapshot`, `explain`, `format`, `index` and
    /// `wait` of the query. What is pinned is answered as of its revision, unless the question names another.
    ///
    /// - Parameter environment: the environment in the place of the query's `env`.
    init(_ scope: ConfigScope, in environment: String? = nil) throws(EngineError) {
        self.scope = scope
        let asking = try scope.place()
        place =
            environment.map {
                Place(service: asking.service, environment: $0, instance: asking.instance)
            } ?? asking
        let request = scope.request
        explains = try request.input.bool("explain") ?? false
        let format = try request.input.string("format") ?? ""
        if format.utf8.isEmpty || ClientForm(name: format) != nil {
            self.format = .json
        } else if let known = ConfigFormat(name: format) {
            self.format = known
        } else {
            let known = ConfigFormat.allCases.map(\.rawValue) + ClientForm.allCases.map(\.rawValue)
            throw .invalid("format: must be one of " + known.joined(separator: ", "))
        }
        let index = try request.input.string("index") ?? ""
        if index.utf8.isEmpty {
            self.index = nil
        } else if let number = UInt64(index) {
            self.index = number
        } else {
            throw .field("index", "a revision")
        }
        let wait = try request.input.seconds("wait")
        guard (0...600).contains(wait ?? 0) else { throw .field("wait", "a duration of at most 10 minutes") }
        deadline = request.arrived.adding(seconds: wait ?? 300)
        let asked = try Moment.read(request.input, now: request.now, newest: scope.log.revision)
        let snapshot = try scope.optionalName("snapshot")
        guard asked == nil || snapshot.isEmpty else { throw .invalid("as_of and snapshot cannot both be given") }
        let named = snapshot.isEmpty ? asked : .revision(try Snapshots(scope).revision(snapshot))
        switch named {
        case .time(let time)?: secretsMoment = time
        case .revision(let revision)?:
            secretsMoment = try scope.log.time(of: revision)
        case nil: secretsMoment = nil
        }
        if let named {
            moment = named
        } else {
            moment = try Pins(scope).revision(for: place).map { .revision($0) }
        }
    }
}
