import Audit
import EngineKit
import Identity
import Notation
import PolicyEngine
package import Storage
import Synchronization
package import VaultCrypto

/// What an initialisation hands out, once.
package struct InitializedVault: Sendable {
    /// The shares of the unseal key.
    package let shares: [Shamir.Share]
    /// The root token.
    package let rootToken: String
}

extension Vault {
    /// Makes the vault: keys, the built-in mounts and policies, and a root token. It is sealed afterwards.
    package func initialize(_ configuration: SealConfiguration) async throws(SealError) -> InitializedVault {
        do throws(SealMachine.Refusal) {
            try machine.withLock { machine throws(SealMachine.Refusal) in
                try machine.beginInitialization(configuration)
            }
        } catch {
            throw .alreadyInitialized
        }
        do throws(SealError) {
            let result = try await makeVault(configuration)
            lifecycle.seal()
            report { machine throws(SealMachine.Refusal) in try machine.initialized() }
            log(
                "vault initialised",
                [("shares", "\(configuration.shares)"), ("threshold", "\(configuration.threshold)")])
            return result
        } catch {
            lifecycle.seal()
            report { machine throws(SealMachine.Refusal) in try machine.openingFailed() }
            throw error
        }
    }

    /// Reports to the machine how a step went. It refuses only steps that were not begun, which this class does not
    /// take.
    func report(_ step: (inout SealMachine) throws(SealMachine.Refusal) -> Void) {
        do throws(SealMachine.Refusal) {
            try machine.withLock { machine throws(SealMachine.Refusal) in try step(&machine) }
        } catch {
            log("the seal was asked for a step out of order", [])
        }
    }

    private func makeVault(_ configuration: SealConfiguration) async throws(SealError) -> InitializedVault {
        let id = SecureRandom.bytes(16)
        let name =
            settings.clusterName.isEmpty
            ? "vault-cluster-\(Hexadecimal.encode(SecureRandom.bytes(4)))" : settings.clusterName
        guard let cluster = ClusterIdentity(id: id, name: Array(name.utf8)) else {
            throw .store(.unavailable("the name of the cluster is too long"))
        }
        let now = Timestamp.now()
        let shares = try await lifecycle.initialize(
            configuration, cluster: cluster, now: now.nanosecondsSinceEpoch / 1_000_000)
        let transactor = Transactor(store: barrier)
        do throws(EngineError) {
            let tokens = TokenStore(cryptography: try BarrierTokenCryptography(barrier))
            let token = try await transactor.run { transaction throws(EngineError) in
                try FirstRecords(now: now).write(transaction, tokens)
            }.answer
            return InitializedVault(shares: shares, rootToken: token)
        } catch {
            throw .store(.unavailable(error.auditText))
        }
    }
}

/// What every vault begins with.
private struct FirstRecords {
    let now: Timestamp

    /// Puts the built-in mounts and policies, and makes the root token.
    ///
    /// - Returns: the root token.
    func write(_ transaction: Transaction, _ tokens: TokenStore) throws(EngineError) -> String {
        BuiltInMounts.make(transaction)
        for (name, text) in [("default", BuiltInPolicies.defaultPolicy)] + NamedRoles.all {
            transaction.put(SystemRecords.policy(name.utf8), Array(text.utf8))
        }
        let version = StoreKey(.system, SystemRecords.version, Array(ProductVersion.reported.utf8))
        transaction.put(version, Array(now.description.utf8))
        return try tokens.create(.root(createdAt: now), transaction, random: SystemRandom()).token
    }
}
