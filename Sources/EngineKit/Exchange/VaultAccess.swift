package import Notation

/// The rest of the vault, for an engine whose answer is made of what others do: asked in the name of the caller, with
/// exactly the caller's rights, within the transaction of the request.
///
/// So what several paths write becomes durable together or not at all, and each sees what the ones before it wrote.
/// Routes that are declared with `Route.asking()` get it with their requests; all others get one that refuses.
package protocol VaultAccess: Sendable {
    /// Serves a request as if the caller had sent it: by the route of the path, if the caller's policies allow it.
    ///
    /// It is not audited by itself; the answer of the request that it is a part of should tell of it.
    ///
    /// - Parameters:
    ///   - operation: what is asked. `update` stands for any write: where the path can tell that nothing is there yet,
    ///     it becomes `create`, and `evaluate` where flags are evaluated.
    ///   - path: the whole canonical path, the mount's included, such as `secret/data/app`.
    ///   - input: the body of a write, or what the query of a read or a deletion would say.
    /// - Throws: what the path's handler throws; `permissionDenied` when the policies do not allow it; `notLoaded`,
    ///   which callers let pass. Paths that act on the running server, or answer with a stream, cannot be asked.
    func ask(
        _ operation: Operation, _ path: [UInt8], _ input: Input, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse

    /// The same access without asking the policies: to look ahead at what a change would do, and at versions.
    ///
    /// What it reads is for decisions and not for answers, unless the caller's rights were asked otherwise; what it
    /// writes is to be taken back (`Transaction.trial`).
    var unchecked: any VaultAccess { get }

    /// The same access in the name of an instance of a service, for secrets of which a share of them gets another
    /// version (`EngineRequest.instance`).
    func standing(for instance: String) -> any VaultAccess

    /// The mount that serves a path; `nil` when none does.
    func mount(serving path: [UInt8]) -> MountContext?

    /// By whose hand the caller's token came about: the oldest token it descends from, those with the `root` policy
    /// left aside, as opaque text that is not for answers. Tokens of one origin count as one person's.
    func origin(_ transaction: Transaction) throws(EngineError) -> String

    /// Gives the caller's token a lease, which ends with the token at the latest.
    ///
    /// - Parameters:
    ///   - seconds: for how long; `nil` for as long as is usual for the mount.
    ///   - mount: the mount whose limits hold.
    ///   - path: the path that gives it, which its name begins with.
    /// - Throws: `EngineError.invalid` for a token that cannot have leases.
    func lease(
        for seconds: Int?, from mount: MountContext, path: [UInt8], _ transaction: Transaction
    ) throws(EngineError) -> Lease

    /// When a lease ends, renewals included; `nil` when it has ended.
    func end(ofLease key: String, _ transaction: Transaction) throws(EngineError) -> Timestamp?

    /// Ends a lease.
    func revoke(lease key: String, _ transaction: Transaction) throws(EngineError)
}

/// The vault as it is for routes that may not ask it: it refuses everything.
package struct NoVaultAccess: VaultAccess {
    /// Makes an access that refuses.
    package init() {}

    /// Refuses.
    package func ask(
        _ operation: Operation, _ path: [UInt8], _ input: Input, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        throw .permissionDenied(reason: "the route may not ask other paths")
    }

    /// The same: it refuses.
    package var unchecked: any VaultAccess { self }

    /// The same: it refuses.
    package func standing(for instance: String) -> any VaultAccess { self }

    /// None.
    package func mount(serving path: [UInt8]) -> MountContext? { nil }

    /// Refuses.
    package func origin(_ transaction: Transaction) throws(EngineError) -> String {
        throw .permissionDenied(reason: "the route may not ask other paths")
    }

    /// Refuses.
    package func lease(
        for seconds: Int?, from mount: MountContext, path: [UInt8], _ transaction: Transaction
    ) throws(EngineError) -> Lease {
        throw .permissionDenied(reason: "the route may not give leases")
    }

    /// None.
    package func end(ofLease key: String, _ transaction: Transaction) throws(EngineError) -> Timestamp? { nil }

    /// Refuses.
    package func revoke(lease key: String, _ transaction: Transaction) throws(EngineError) {
        throw .permissionDenied(reason: "the route may not end leases")
    }
}
