import EngineKit

/// The routes of what happens by itself and of what is recorded.
extension FeatureFlagEngine {
    /// How variations spread and states change with time.
    var rollingOut: [Route] {
        [
            Route("ramps/:env", "The ramps of an environment.").on(.list, serve: Self.listRamps),
            Route("ramps/:env/:flag", "How a variation reaches everyone, step by step.")
                .taking(["steps", "target_variation", "reason"])
                .on(.read, serve: readRamp).on(.update, serve: startRamp).on(.delete, serve: deleteRamp),
            Route("ramps/:env/:flag/advance", "Go to the next step at once.").taking(["reason"])
                .on(.update, serve: advanceRamp),
            Route("ramps/:env/:flag/approve", "Agree to the next step.").taking(["reason"])
                .on(.update, serve: approveRamp),
            Route("ramps/:env/:flag/pause", "Stop a ramp until it is resumed.").taking(["reason"])
                .on(.update, serve: pauseRamp),
            Route("ramps/:env/:flag/resume", "Let a paused ramp go on.").taking(["reason"])
                .on(.update, serve: resumeRamp),
            Route("ramps/:env/:flag/abort", "Give a ramp up and put back what was there before it.").taking(["reason"])
                .on(.update, serve: abortRamp),
            Route("schedule/:env", "All changes that wait for their time.").on(.list, serve: Self.listAllScheduled),
            Route("schedule/:env/:flag", "Changes of a flag's state that wait for their time.")
                .taking(["at", "change", "reason"])
                .on(.list, serve: Self.listScheduled).on(.update, serve: schedule),
            Route("schedule/:env/:flag/:id", "One change that waits.")
                .on(.read, serve: Self.readScheduled).on(.delete, serve: Self.deleteScheduled),
        ]
    }

    /// What is known of who got what, what they did, and which flags are used.
    var recording: [Route] {
        [
            Route("exposures/:env/:flag", "Who was given which variation.").taking(["exposures"])
                .on(.read, serve: readExposures).on(.update, serve: reportExposures),
            Route("assignments/:env", "What someone was given of all flags.").on(.read, serve: readAssignmentsOfOne),
            Route("assignments/:env/:flag", "Who has which variation.").on(.read, serve: readAssignments),
            Route("track/:env", "What people did.").taking(["events"])
                .on(.read, serve: Self.readTracked).on(.update, serve: Self.track),
            Route("reports/stale", "Flags whose time has come to go, with the reasons.").on(.read, serve: reportStale),
            Route("reports/review", "The flags that their owners should look at.").on(.read, serve: reportReview),
            Route("reports/unknown", "Keys that are asked for and that no flag has.").on(.read, serve: reportUnknown),
            Route("reports/usage/:env", "How often flags are evaluated, by variation and day.")
                .on(.read, serve: reportUsage),
            Route("reviews/:flag", "Keep a flag out of the queue of reviews for a time.")
                .taking(["keep_until", "note"])
                .on(.read, serve: Self.readReview).on(.update, serve: Self.writeReview)
                .on(.delete, serve: Self.deleteReview),
        ]
    }
}
