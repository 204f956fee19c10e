internal import ArgumentParser

/// `kv`: secrets as keys and values, with versions.
struct KV: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "kv",
        abstract: "Keep secrets as keys and values, with versions.",
        discussion: """
            Keys are named by mount and path, with -mount or in one word.

              $ vaultcli kv put -mount=secret app/db password=@password.txt
              $ vaultcli kv get -field=password secret/app/db
              $ vaultcli kv metadata get secret/app/db
            """,
        subcommands: [
            KVGet.self, KVPut.self, KVPatch.self, KVList.self, KVScan.self, KVDelete.self, KVUndelete.self,
            KVDestroy.self, KVRollback.self, KVCopy.self, KVMove.self, KVDiff.self, KVEnableVersioning.self,
            KVMetadata.self, KVCanary.self,
        ])
}

/// Which mount a key is in.
struct KVOptions: ParsableArguments {
    /// The mount's path.
    @Option(name: .flag("mount"), help: "Path of the mount; without it the key's path begins with it.")
    var mount: String?
}
