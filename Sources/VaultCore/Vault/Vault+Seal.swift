import Audit
import EngineKit
import Identity
import Notation
package import Storage
import Synchronization
package import VaultCrypto

extension Vault {
    /// Why a share was not taken.
    package enum UnsealFailure: Error, Sendable {
        /// There is no vault yet.
        case notInitialized
        /// The shares did not open the vault; the run begins anew.
        case invalidKey
        /// The vault opened but could not be made ready to serve.
        case notReady(String)
    }

    /// The state of the seal.
    package var sealStatus: SealStatus { machine.withLock { $0.status } }

    /// Takes one share. With the last one needed, the vault opens.
    package func submit(_ share: Shamir.Share) async throws(UnsealFailure) {
        switch machine.withLock({ $0.submit(share, freshNonce: SecureRandom.uuid()) }) {
        case .needMore, .alreadyUnsealed, .waitForOpening: return
        case .refused(.notInitialized): throw .notInitialized
        case .refused: throw .notReady("the vault is being sealed")
        case .open(let shares): try await open(with: shares)
        }
    }

    /// Forgets the shares that have come in.
    ///
    /// - Returns: false when the vault is unsealed.
    package func resetUnseal() -> Bool {
        do throws(SealMachine.Refusal) {
            try machine.withLock { machine throws(SealMachine.Refusal) in try machine.reset() }
            return true
        } catch {
            return error != .unsealed
        }
    }

    /// Seals the vault: no request begins any more, and the keys go.
    package func seal() async {
        // A rekey that is being completed comes first: the machine has to hear of its new shares.
        await ceremonies.inTurn {
            do throws(SealMachine.Refusal) {
                try self.machine.withLock { machine throws(SealMachine.Refusal) in try machine.seal() }
            } catch {
                return
            }
            self.ceremonies.close()
            let last = self.running
            self.publish(nil)
            if let last { await self.writeEvaluations(of: last) }
            // Nothing but the number in `sys/key-status` depends on it; a failure must not keep the vault open.
            _ = try? await self.saveEncryptionCount()
            self.lifecycle.seal()
            self.report { machine throws(SealMachine.Refusal) in try machine.drained() }
            self.log("vault sealed", [])
        }
    }

    private func open(with shares: [Shamir.Share]) async throws(UnsealFailure) {
        do throws(SealError) {
            try await lifecycle.unseal(with: shares)
        } catch {
            report { machine throws(SealMachine.Refusal) in try machine.openingFailed() }
            switch error {
            case .invalidKey, .invalidShares: throw .invalidKey
            default: throw .notReady("\(error)")
            }
        }
        do throws(EngineError) {
            try await reconcileDevices()
            publish(try await load(keeping: AuditBroker()))
        } catch {
            lifecycle.seal()
            report { machine throws(SealMachine.Refusal) in try machine.openingFailed() }
            log("the vault could not be made ready", [("reason", error.auditText)])
            throw .notReady(error.auditText)
        }
        // Before the machine allows sealing, so that sealing finds the ceremonies open and closes them.
        ceremonies.open(in: Ceremonies.Surroundings(lifecycle: lifecycle, rekeyed: { self.rekeyed($0) }))
        report { machine throws(SealMachine.Refusal) in try machine.opened() }
        log("vault unsealed", [])
    }

    private func rekeyed(_ configuration: SealConfiguration) {
        report { machine throws(SealMachine.Refusal) in try machine.rekeyed(configuration) }
        log("vault rekeyed", [("shares", "\(configuration.shares)"), ("threshold", "\(configuration.threshold)")])
    }

    func keyStatus() throws(EngineError) -> SystemServices.KeyStatus {
        let status: KeyStatus
        do throws(StoreError) { status = try barrier.keyStatus } catch { throw .store(error) }
        let nanoseconds = status.installed.multipliedReportingOverflow(by: 1_000_000).partialValue
        let installed = Timestamp(nanosecondsSinceEpoch: nanoseconds)
        return .init(term: status.term, installTime: installed.description, encryptions: status.encryptions)
    }

    /// Brings the stored audit devices in line with those the configuration declares.
    private func reconcileDevices() async throws(EngineError) {
        let declared = settings.declaredDevices
        _ = try await Transactor(store: barrier).run { transaction throws(EngineError) in
            let listing = Listing(of: Folder(.system, SystemRecords.auditDevice, []), isRecursive: true)
            for name in try transaction.list(listing).names {
                let key = StoreKey(.system, SystemRecords.auditDevice, name)
                guard let entry = try transaction.get(key).flatMap({ AuditDeviceEntry(decoding: $0) }) else { continue }
                let isWanted = declared.contains { $0.path.utf8.elementsEqual(entry.path.utf8) }
                if entry.isDeclared && !isWanted { transaction.delete(key) }
            }
            for entry in declared {
                let key = StoreKey(.system, SystemRecords.auditDevice, Array(entry.path.utf8.dropLast()))
                let known = try transaction.get(key).flatMap { AuditDeviceEntry(decoding: $0) }
                if known == nil { transaction.put(key, entry.encoded()) }
            }
        }
    }
}
