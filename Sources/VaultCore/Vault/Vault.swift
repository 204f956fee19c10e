package import Audit
import EngineKit
package import Storage
import Identity
package import Notation
import Synchronization
import VaultCrypto

/// The vault: the seal, the snapshot that requests are served from, and the door to both.
///
/// While it is unsealed it holds one immutable `Running`. A request takes it once and keeps it; sealing takes it away.
package final class Vault: Sendable {
    /// What the server decides about a vault, beside what is stored in it.
    package struct Settings: Sendable {
        /// The address that clients reach this node under.
        package var apiAddress = ""
        /// The name of the cluster; made up at initialisation when empty.
        package var clusterName = ""
        /// The system's times to live.
        package var limits = SystemLimits()
        /// Whether audit devices may be made through the API.
        package var allowsAuditDevices = false
        /// Whether rekeying works without a token.
        package var allowsUnauthenticatedRekey = false
        /// Whether a root token can be generated without a token.
        package var allowsUnauthenticatedGenerateRoot = false
        /// Audit devices that the configuration declares.
        package var declaredDevices: [AuditDeviceEntry] = []
        /// Whether webhooks may be written that are spoken to without TLS.
        package var allowsPlainWebhooks = false

        /// Makes settings with Vault's defaults.
        package init() {}
    }

    /// What the server hears of: constant texts with facts beside them, never secrets.
    package typealias Log = @Sendable (_ message: String, _ facts: [(name: String, value: String)]) -> Void

    let store: any SealedStore
    let barrier: Barrier
    let lifecycle: BarrierLifecycle
    let settings: Settings
    let log: Log
    let logLevel: @Sendable (String?) -> String?
    let machine: Mutex<SealMachine>
    let ceremonies = Ceremonies()
    let hub: EventHub
    private let snapshot = Mutex<Running?>(nil)
    private let reloading = SerialWork()
    /// Rounds of looking after the keyring, one at a time.
    let upkeep = SerialWork()
    /// What the store knows of the active term.
    let savedStatus = Mutex<KeyStatus?>(nil)

    /// Makes the vault of a store and learns whether the store holds one already.
    ///
    /// - Parameters:
    ///   - store: where the sealed rows are.
    ///   - settings: what the server decides.
    ///   - logLevel: reads the level of all loggers, or sets it; `nil` for a word that is not a level.
    ///   - log: hears of what happens.
    ///   - alarm: hears of what somebody should look into.
    package init(
        store: any SealedStore, settings: Settings = Settings(),
        logLevel: @escaping @Sendable (String?) -> String? = { _ in "info" }, log: @escaping Log = { _, _ in },
        alarm: @escaping Log = { _, _ in }
    ) async throws(SealError) {
        self.store = store
        self.settings = settings
        self.log = log
        self.logLevel = logLevel
        let notices = DamageNotices()
        barrier = Barrier(over: store) { row in
            guard let untold = notices.take() else { return }
            alarm(
                "a stored row does not authenticate: it was changed or moved outside of the server",
                [("row", row), ("unreported", "\(untold)")])
        }
        lifecycle = BarrierLifecycle(of: barrier)
        hub = EventHub(barrier)
        machine = Mutex(SealMachine(try await lifecycle.configuration()))
    }

    /// The snapshot that requests are served from; `nil` while sealed.
    package var running: Running? { snapshot.withLock { $0 } }

    /// Puts a snapshot in force, or takes it away.
    func publish(_ running: Running?) { snapshot.withLock { $0 = running } }

    /// The names of the request headers that audit entries show, in lower case.
    package var auditedHeaderNames: [String] { running?.auditedHeaders.map(\.name) ?? [] }

    /// Which web pages of other origins may speak to the server; `nil` when none may, and while sealed.
    package var crossOriginRules: CrossOriginRules? { running?.crossOrigin }

    /// Serves a request.
    package func respond(to request: VaultRequest, now: Timestamp = .now()) async -> VaultResponse {
        if let answer = await statusAnswer(to: request, now: now) { return answer }
        guard let running else { return .sealed }
        let pipeline = RequestPipeline(running: running, reload: { await self.reload() })
        return await pipeline.handle(request, now: now)
    }

    /// Serves a request at once, on the thread it came in on, when that needs no waiting: a read of records at hand.
    ///
    /// - Returns: `nil` when the request is one for `respond`; nothing has happened then.
    package func answerNow(to request: VaultRequest) -> ImmediateAnswer? {
        // Among the system's paths are those that work without a key, and none that is asked for often.
        guard let running, !request.path.bytes.starts(with: "sys/".utf8) else { return nil }
        return RequestPipeline(running: running, reload: {}).answerNow(request, now: .now())
    }

    /// Makes the snapshot anew from what is stored; changes that were committed before the call are in it.
    func reload() async {
        await reloading.run {
            guard let old = self.running else { return }
            do throws(EngineError) {
                let fresh = try await self.load(keeping: old.audit, old)
                // The vault may have been sealed meanwhile; then it stays sealed.
                self.snapshot.withLock { if $0 != nil { $0 = fresh } }
            } catch {
                self.log("the changed configuration could not be loaded", [("reason", error.auditText)])
            }
        }
    }

    /// Opens all audit files again, after they were moved away.
    package func reopenAuditFiles() async { await running?.audit.reopen() }
}

/// Runs pieces of work one after another, in the order in which they were asked for.
actor SerialWork {
    private var last: Task<Void, Never>?

    /// Runs a piece of work after all earlier ones, and returns when it is done.
    func run<Answer: Sendable>(_ work: @escaping @Sendable () async -> Answer) async -> Answer {
        let earlier = last
        let task = Task {
            await earlier?.value
            return await work()
        }
        last = Task { _ = await task.value }
        return await task.value
    }
}
