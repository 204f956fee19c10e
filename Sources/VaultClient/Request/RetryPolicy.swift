/// When a request is repeated: after 412 and 5xx except 501, as Vault's own client does.
///
/// 412 says that a node has not yet seen a write, 5xx that it cannot serve for the moment (sealed, changing leader);
/// 501 says that the server is not initialised, which waiting does not change.
struct RetryPolicy: Sendable {
    private var remaining: Int
    private let shortest: Duration

    /// Makes a policy for one request.
    ///
    /// - Parameters:
    ///   - retries: how many repetitions are allowed.
    ///   - pause: the shortest pause before each.
    init(retries: Int, pause: Duration) {
        remaining = max(0, retries)
        shortest = pause
    }

    /// Decides about a repetition and counts it.
    ///
    /// - Parameter status: the answer's status.
    /// - Returns: how long to wait before the repetition, or `nil` when the answer stands.
    mutating func pause(after status: Int) -> Duration? {
        guard remaining > 0, status == 412 || (status >= 500 && status != 501) else { return nil }
        remaining -= 1
        // The random half keeps many clients of a server that comes back from arriving together.
        return shortest + shortest * Double.random(in: 0...0.5)
    }
}
