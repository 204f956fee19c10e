package import Notation

/// How long flags are expected to live, by kind.
package struct LifecycleExpectations: Sendable {
    /// Days that a release flag is expected to live; `nil` for no limit, here and below.
    package var releaseDays: Int?
    /// Days that an experiment is expected to live.
    package var experimentDays: Int?
    /// Days that an operational flag is expected to live.
    package var opsDays: Int?
    /// Days that a permission is expected to live.
    package var permissionDays: Int?
    /// Days without an evaluation after which a flag counts as unused.
    package var silenceDays: Int
    /// Days after the last change during which one variation everywhere may still be a passing state.
    package var settlingDays: Int

    /// Makes expectations; those not given are the usual ones.
    package init(
        releaseDays: Int? = 40, experimentDays: Int? = 40, opsDays: Int? = 7, permissionDays: Int? = nil,
        silenceDays: Int = 30, settlingDays: Int = 7
    ) {
        self.releaseDays = releaseDays
        self.experimentDays = experimentDays
        self.opsDays = opsDays
        self.permissionDays = permissionDays
        self.silenceDays = silenceDays
        self.settlingDays = settlingDays
    }

    /// 40 days for releases and experiments, 7 for operational flags, no limit for permissions.
    package static let `default` = LifecycleExpectations()

    /// How long a kind of flag is expected to live; `nil` for no limit.
    package func lifetime(of kind: FlagKind) -> GoDuration? {
        let days =
            switch kind {
            case .release: releaseDays
            case .experiment: experimentDays
            case .ops: opsDays
            case .permission: permissionDays
            }
        return days.map(Self.duration)
    }

    /// How long without an evaluation a flag counts as used.
    package var silence: GoDuration { Self.duration(ofDays: silenceDays) }

    /// How long after a change a flag counts as unsettled.
    package var settling: GoDuration { Self.duration(ofDays: settlingDays) }

    private static func duration(ofDays days: Int) -> GoDuration {
        GoDuration(nanoseconds: 86_400_000_000_000) * Int64(days)
    }
}
