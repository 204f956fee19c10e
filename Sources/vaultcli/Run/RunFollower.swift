internal import Notation
internal import VaultClient

/// Follows the values of a running command, and says what to do when they change.
///
/// While the server is gone, or what it has cannot be used, the last good values stay.
struct RunFollower {
    private let session: Session
    private let reaction: RunReaction
    private let onlyDynamic: Bool
    private let interval: Int64
    private let cache: RunCache?
    private let environment: @Sendable (RunValues) -> [[UInt8]]
    private var source: RunSource
    private var known: RunValues
    private var masked: Set<[UInt8]>
    private var outage = Outage()
    private var refusal: Failure?

    /// Prepares to follow.
    ///
    /// - Parameters:
    ///   - session: the session.
    ///   - source: where the values are from.
    ///   - values: what the command has.
    ///   - reaction: what to do.
    ///   - onlyDynamic: whether changes of static keys alone are no reason.
    ///   - interval: how often secrets are looked at, in seconds.
    ///   - cache: where good values are kept; `nil` nowhere.
    ///   - environment: makes the command's environment of values.
    init(
        _ session: Session, _ source: RunSource, _ values: RunValues, _ reaction: RunReaction, onlyDynamic: Bool,
        interval: Int64, cache: RunCache?, environment: @escaping @Sendable (RunValues) -> [[UInt8]]
    ) {
        self.session = session
        self.reaction = reaction
        self.onlyDynamic = onlyDynamic
        self.interval = interval
        self.cache = cache
        self.environment = environment
        self.source = source
        known = values
        masked = Set(values.maskedTexts)
    }

    /// Follows until the task is cancelled.
    ///
    /// - Parameters:
    ///   - orders: where to say what to do.
    ///   - waits: whether the server holds answers until something changes.
    mutating func run(_ orders: RunOrders, waits: Bool) async {
        var pause = Duration.seconds(waits ? 1 : interval)
        while (try? await Task.sleep(for: pause)) != nil {
            switch await source.fetch(waiting: interval) {
            case .values(let values):
                outage.end(session)
                refusal = nil
                pause = waits ? .milliseconds(100) : .seconds(interval)
                take(values, orders)
            case .gone(let error):
                outage.begin(error, keeping: "the command keeps its last good values", session)
                pause = min(max(pause, .seconds(1)) * 2, .seconds(interval))
            case .refused(let failure):
                if Task.isCancelled { return }
                if refusal != failure {
                    session.note("\(failure.message)\nThe command keeps its last good values.")
                }
                refusal = failure
                pause = .seconds(interval)
            }
        }
    }

    private mutating func take(_ values: RunValues, _ orders: RunOrders) {
        let changes = values.changes(since: known)
        guard !changes.isEmpty else { return }
        let names = changes.map(\.name).joined(separator: ", ")
        if onlyDynamic, changes.allSatisfy(\.isStatic) {
            known = values
            return session.note("Changed: \(names). Only static keys: the command goes on as it is.")
        }
        known = values
        // What the command had before may still be in its output.
        masked.formUnion(values.maskedTexts)
        let patterns = MaskPatterns(masked)
        switch reaction {
        case .none: break
        case .restart:
            session.note("Changed: \(names). The command is started anew.")
            orders.give(.restart(environment: environment(values), patterns))
        case .signal(let number):
            session.note("Changed: \(names). The command gets signal \(number).")
            orders.give(.signal(number, patterns))
        }
        do {
            try cache?.keep(values, now: .now())
        } catch {
            session.note(error.message)
        }
    }
}
