internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `lease`: credentials that end.
struct LeaseGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "lease",
        abstract: "Inspect, renew and revoke leases.",
        subcommands: [LeaseLookup.self, LeaseRenew.self, LeaseRevoke.self])
}

/// `lease lookup`: a lease's properties.
struct LeaseLookup: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup", abstract: "Show a lease's properties.",
        discussion: """
              $ vaultcli lease lookup database/creds/app/2f6a614c
            """)

    @Argument(help: "Lease.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let request = VaultRequest(.put, "sys/leases/lookup", json: ["lease_id": .string(id)])
        let response = try await session.send(request, or: "Error looking up lease id \(id)")
        try session.show(try session.secret(response))
    }
}

/// `lease renew`: a lease, for longer.
struct LeaseRenew: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Let a lease last longer.",
        discussion: """
              $ vaultcli lease renew -increment=1h database/creds/app/2f6a614c
            """)

    @Option(name: .flag("increment", alias: "i"), help: "How much longer; the server may give less.")
    private var increment: GoDuration?
    @Argument(help: "Lease.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let body: JSON = ["increment": .integer(increment?.seconds ?? 0), "lease_id": .string(id)]
        let response = try await session.send(
            VaultRequest(.put, "sys/leases/renew", json: body), or: "Error renewing \(id)")
        try session.show(try session.secret(response))
    }
}

/// `lease revoke`: leases, ended.
struct LeaseRevoke: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End leases.",
        discussion: """
            The server revokes in the background unless -sync is given. -force forgets leases whose credentials \
            cannot be revoked any more.

              $ vaultcli lease revoke database/creds/app/2f6a614c
              $ vaultcli lease revoke -prefix database/creds/app
            """)

    @Flag(name: .flag("prefix"), help: "End all leases that begin so.") private var prefix = false
    @Flag(name: .flag("force", alias: "f"), help: "Forget leases that cannot be revoked; needs -prefix.")
    private var force = false
    @Flag(name: .flag("sync"), help: "Wait until it is done.") private var sync = false
    @Argument(help: "Lease, or beginning of leases.") private var id: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        guard prefix || !force else { throw .usage("Specifying -force requires also specifying -prefix") }
        let id = VaultPath.trimmed(id)
        let request: VaultRequest
        if force {
            request = VaultRequest(.put, "sys/leases/revoke-force/\(id)")
        } else if prefix {
            request = VaultRequest(.put, "sys/leases/revoke-prefix/\(id)", json: ["sync": .bool(sync)])
        } else {
            request = VaultRequest(.put, "sys/leases/revoke", json: ["lease_id": .string(id), "sync": .bool(sync)])
        }
        let response = try await session.send(request, or: "Error revoking leases")
        if force, !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm(message(id))
    }

    private func message(_ id: String) -> String {
        if force { return "Success! Force revoked any leases with prefix: \(id)" }
        guard sync else { return "All revocation operations queued successfully!" }
        return prefix ? "Success! Revoked any leases with prefix: \(id)" : "Success! Revoked lease: \(id)"
    }
}
