internal import ArgumentParser

/// `config`: what services are to be told, layer over layer.
struct ConfigGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Say what services are configured with, and see what they get.",
        discussion: """
            A key is declared once and has values in layers: global, env/ENV, service/SERVICE, \
            service/SERVICE/env/ENV and instance/SERVICE/ID. Later ones win. Where a command wants a layer, it is a \
            word before the key, or comes from -env, -service and -instance; PULSEVAULT_ENVIRONMENT stands in for \
            -env.

              $ vaultcli config set global log.level info -type=string -description="What is logged"
              $ vaultcli config set service/checkout/env/prod log.level debug -reason="incident 7"
              $ vaultcli config effective checkout -env=prod -explain
              $ vaultcli config history service/checkout/env/prod log.level
              $ vaultcli config rollout start r1 service/checkout -change pool.size=50 -step=10%:10m -step=100%
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Values",
                subcommands: [
                    ConfigGet.self, ConfigSet.self, ConfigPatch.self, ConfigUnset.self, ConfigDelete.self,
                    ConfigList.self, ConfigReveal.self, ConfigOverride.self,
                ]),
            CommandGroup(name: "Keys", subcommands: [ConfigKeyGroup.self]),
            CommandGroup(
                name: "Changes", subcommands: [ConfigHistory.self, ConfigDifference.self, ConfigRollback.self]),
            CommandGroup(
                name: "What services get",
                subcommands: [
                    ConfigEffective.self, ConfigWatch.self, ConfigSnapshotGroup.self, ConfigPinGroup.self,
                    ConfigInstanceGroup.self, ConfigRolloutGroup.self,
                ]),
        ])
}
