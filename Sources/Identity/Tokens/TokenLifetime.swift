internal import EngineKit
package import Notation

/// How long a token lives: the one place where times to live are worked out, at creation and at renewal.
///
/// The rules are Vault's: a periodic token gets its period each time; any other gets what it asks for, or the mount's
/// default, but never beyond the effective maximum counted from its creation.
package struct TokenLifetime: Sendable {
    /// Seconds that are asked for; 0 for the default.
    package var requested: Int
    /// The mount's default in seconds.
    package var mountDefault: Int
    /// The mount's maximum in seconds.
    package var mountMax: Int
    /// The role's maximum in seconds; 0 for none.
    package var roleMax: Int
    /// The token's explicit maximum in seconds; 0 for none.
    package var explicitMax: Int
    /// The period in seconds; 0 when the token is not periodic.
    package var period: Int

    /// Collects what decides about a lifetime; all in seconds, 0 for none.
    package init(
        requested: Int, mountDefault: Int, mountMax: Int, roleMax: Int = 0, explicitMax: Int = 0, period: Int = 0
    ) {
        self.requested = requested
        self.mountDefault = mountDefault
        self.mountMax = mountMax
        self.roleMax = roleMax
        self.explicitMax = explicitMax
        self.period = period
    }

    /// The seconds to grant and what to warn of.
    ///
    /// - Parameters:
    ///   - created: when the token was made.
    ///   - now: the time of the request.
    /// - Returns: the seconds from `now`. It is 0 when the token has used up its life; a caller must then treat the
    ///   token as dead, never as one without an end.
    package func grant(created: Timestamp, now: Timestamp) -> (seconds: Int, warnings: [String]) {
        let elapsed = max(0, now.secondsRoundedUp(since: created))
        if period > 0 {
            let periodic = min(period, mountMax)
            guard explicitMax > 0 else { return (periodic, []) }
            return (max(0, min(periodic, explicitMax - min(elapsed, explicitMax))), [])
        }
        let wanted = requested > 0 ? requested : mountDefault
        let limit = [mountMax, roleMax, explicitMax].filter { $0 > 0 }.min() ?? mountMax
        let left = limit - min(elapsed, limit)
        guard wanted > left else { return (wanted, []) }
        let warning =
            "TTL of \"\(Self.text(wanted))\" exceeded the effective max_ttl of \"\(Self.text(left))\"; "
            + "TTL value is capped accordingly"
        return (left, [warning])
    }

    private static func text(_ seconds: Int) -> String { (GoDuration(seconds: seconds) ?? .max).description }
}
