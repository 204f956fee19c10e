internal import ArgumentParser

/// `flag`: feature flags, what they are and how they behave in each environment.
struct FlagGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "flag",
        abstract: "Say what feature flags are and who gets what.",
        discussion: """
            What a flag is (its type and variations) is the same everywhere; how it behaves is a state of its own in \
            each environment. Commands that look use -env, else PULSEVAULT_ENVIRONMENT, else prod. Commands that \
            change something never fall back to prod: they need -env or the variable.

              $ vaultcli flag create shop -owner=payments -description="The new shop"
              $ vaultcli flag rule add shop -env=staging -if='country in US,CA' -serve=on
              $ vaultcli flag rollout shop -env=staging -to=25% -on
              $ vaultcli flag eval shop -env=staging -key=user-7 -explain country=US
              $ vaultcli flag promote shop -from=staging -to=prod -dry-run
              $ vaultcli flag ramp start shop -env=prod -steps=1%:10m,10%:1h,100%
              $ vaultcli flag kill shop -env=prod -reason="incident 4711"

            A whole state can be written too: `vaultcli write flags/states/ENV/KEY @state.json`.
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "What flags are",
                subcommands: [
                    FlagList.self, FlagGet.self, FlagCreate.self, FlagUpdate.self, FlagArchive.self,
                    FlagUnarchive.self, FlagDelete.self,
                ]),
            CommandGroup(
                name: "Who gets what",
                subcommands: [
                    FlagOn.self, FlagOff.self, FlagKill.self, FlagRevive.self, FlagRollout.self, FlagRuleGroup.self,
                    FlagTargetGroup.self, FlagOverride.self, FlagSegmentGroup.self, FlagEvaluate.self,
                ]),
            CommandGroup(name: "In the course of time", subcommands: [FlagRampGroup.self, FlagScheduleGroup.self]),
            CommandGroup(
                name: "What happened",
                subcommands: [
                    FlagUsage.self, FlagExposures.self, FlagAssignments.self, FlagWebhookGroup.self, FlagTrack.self,
                    FlagReplay.self,
                ]),
            CommandGroup(
                name: "What is left over",
                subcommands: [FlagStale.self, FlagReviewGroup.self, FlagUnknown.self, FlagScan.self]),
            CommandGroup(
                name: "Changes",
                subcommands: [FlagHistory.self, FlagDifference.self, FlagRollback.self, FlagPromote.self]),
            CommandGroup(
                name: "All flags",
                subcommands: [FlagEnvironmentGroup.self, FlagGraph.self, FlagExport.self]),
        ])
}
