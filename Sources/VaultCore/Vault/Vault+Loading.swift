import Audit
import ConfigEngine
import EngineKit
import FlagEngine
import Identity
import KVEngine
import Notation
import PolicyEngine
import Storage
import VaultCrypto

extension Vault {
    /// Makes a snapshot from what is stored.
    ///
    /// - Parameters:
    ///   - broker: the broker so far, whose open devices are kept.
    ///   - old: the snapshot so far, whose compiled flags and pictures of configuration are kept.
    func load(keeping broker: AuditBroker, _ old: Running? = nil) async throws(EngineError) -> Running {
        let configuration = old?.configuration ?? ConfigurationEngine()
        let flags = old?.flags ?? FeatureFlagEngine(allowsPlainWebhooks: settings.allowsPlainWebhooks)
        let transactor = Transactor(store: barrier)
        let records = try await transactor.run { transaction throws(EngineError) in
            try BuiltInMounts.makeMissing(transaction)
            return try StoredRecords(transaction)
        }.answer
        let tokens = TokenStore(
            cryptography: try BarrierTokenCryptography(barrier),
            belongings: [(.cubbyhole, KeyValueRecords.cubbyhole)])
        let catalog = EngineCatalog(
            token: TokenEngine(tokens: tokens, policyKey: { SystemRecords.policy($0.utf8) }).routes,
            system: SystemEngine(services: services).routes, flags: flags,
            configuration: configuration)
        let mounts = records.mounts.map { entry in
            MountTable.Mounted(
                entry: entry,
                context: entry.context(
                    systemDefaultTTL: settings.limits.defaultLeaseTTL, systemMaxTTL: settings.limits.maxLeaseTTL),
                routes: catalog.routes(of: entry))
        }
        return Running(
            transactor: transactor, mounts: MountTable(mounts), policies: PolicyTable(records.policies), tokens: tokens,
            audit: try openDevices(records.devices, keeping: broker), random: SystemRandom(),
            auditedHeaders: records.auditedHeaders, limits: settings.limits, crossOrigin: records.crossOrigin,
            flags: flags, configuration: configuration)
    }

    private func openDevices(
        _ entries: [AuditDeviceEntry], keeping broker: AuditBroker
    ) throws(EngineError) -> AuditBroker {
        var devices: [AuditBroker.OpenDevice] = []
        for entry in entries {
            // The salt is made with the device, so it tells whether this is the device that is open already.
            if let open = broker.devices.first(where: { $0.entry.salt.utf8.elementsEqual(entry.salt.utf8) }) {
                devices.append(open)
                continue
            }
            do throws(AuditError) {
                devices.append(try AuditBroker.OpenDevice(entry, signer: try auditSigner()))
            } catch {
                throw .internalError("the audit device \(entry.path) cannot be opened: \(error.reason)")
            }
        }
        return AuditBroker(devices)
    }

    private func auditSigner() throws(AuditError) -> SigningKey {
        do {
            return try SigningKey(seed: barrier.keyring.auditSeed.bytes)
        } catch {
            throw AuditError("the signing key is not at hand")
        }
    }

    private var services: SystemServices {
        SystemServices(
            running: { self.running }, seal: { await self.seal() },
            rotate: { () throws(EngineError) in try await self.rotate() },
            keyStatus: { () throws(EngineError) in try self.keyStatus() },
            reload: { await self.reload() }, allowsAuditDevices: settings.allowsAuditDevices,
            apiAddress: { self.settings.apiAddress }, logLevel: logLevel, ceremonies: ceremonies,
            allowsUnauthenticatedRekey: settings.allowsUnauthenticatedRekey,
            allowsUnauthenticatedGenerateRoot: settings.allowsUnauthenticatedGenerateRoot)
    }
}

/// Everything the snapshot is made from.
private struct StoredRecords: Sendable {
    var mounts: [MountEntry] = []
    var policies: [Policy] = [.root]
    var devices: [AuditDeviceEntry] = []
    var auditedHeaders: [AuditedHeader] = []
    var crossOrigin: CrossOriginRules?

    init(_ transaction: Transaction) throws(EngineError) {
        for (name, bytes) in try Self.all(SystemRecords.mount, transaction) {
            guard let entry = MountEntry(path: name + [UInt8(ascii: "/")], decoding: bytes) else {
                throw .internalError("a mount's record cannot be read")
            }
            mounts.append(entry)
        }
        // It is in force without being stored, so it is neither listed nor changed.
        let wrapping = (
            name: Array(TokenStore.wrappingPolicy.utf8), value: Array(BuiltInPolicies.responseWrapping.utf8)
        )
        let stored = try Self.all(SystemRecords.policy, transaction)
        try transaction.need(stored.map { SystemRecords.policyState($0.name) })
        var ends: [[UInt8]: Timestamp] = [:]
        for (name, _) in stored { ends[name] = try PolicyState.stored(name, transaction).expiration }
        for (name, bytes) in [wrapping] + stored {
            do throws(PolicyError) {
                policies.append(
                    try Policy(name: String(decoding: name, as: UTF8.self), parsing: bytes, expiration: ends[name]))
            } catch {
                throw .internalError("a stored policy cannot be parsed")
            }
        }
        for (_, bytes) in try Self.all(SystemRecords.auditDevice, transaction) {
            guard let entry = AuditDeviceEntry(decoding: bytes) else {
                throw .internalError("an audit device's record cannot be read")
            }
            devices.append(entry)
        }
        auditedHeaders = try AuditedHeader.all(transaction)
        crossOrigin = try CrossOriginRules.stored(transaction)
    }

    private static func all(
        _ kind: RecordKind, _ transaction: Transaction
    ) throws(EngineError) -> [(name: [UInt8], value: [UInt8])] {
        let names = try transaction.list(Listing(of: Folder(.system, kind, []), isRecursive: true)).names
        try transaction.need(names.map { StoreKey(.system, kind, $0) })
        var records: [(name: [UInt8], value: [UInt8])] = []
        for name in names {
            if let value = try transaction.get(StoreKey(.system, kind, name)) { records.append((name, value)) }
        }
        return records
    }
}

/// The system's random generator, as engines see it.
struct SystemRandom: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }
    func base62(_ count: Int) -> String { SecureRandom.base62(count) }
    func uuid() -> String { SecureRandom.uuid() }
}
