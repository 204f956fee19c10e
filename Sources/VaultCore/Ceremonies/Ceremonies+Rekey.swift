import EngineKit
import Notation
import Storage
import VaultCrypto

extension Ceremonies {
    /// The fields of `sys/rekey/init`.
    func rekeyStatus() async throws(EngineError) -> JSONObject {
        let (state, required) = try await look()
        return RekeyCeremony.status(of: state.rekey, required: required)
    }

    /// Begins a rekey.
    ///
    /// - Returns: its status, with the nonce that shares are to be given under.
    func beginRekey(
        to configuration: SealConfiguration, requiresVerification: Bool
    ) async throws(EngineError) -> JSONObject {
        try await step { required, _ throws(EngineError) in
            let ceremony = RekeyCeremony(
                to: configuration, requiresVerification: requiresVerification, nonce: SecureRandom.uuid())
            try self.change { state throws(EngineError) in
                guard state.rekey == nil else { throw .invalid("rekey already in progress") }
                state.rekey = ceremony
            }
            return RekeyCeremony.status(of: ceremony, required: required)
        }
    }

    /// Ends the rekey under way, if there is one.
    ///
    /// - Parameter nonce: the rekey that is meant; `nil` for whichever it is.
    func cancelRekey(nonce: String?) async throws(EngineError) {
        try await step { _, _ throws(EngineError) in
            try self.change { state throws(EngineError) in
                if let nonce, let rekey = state.rekey, !rekey.hasNonce(nonce) { throw .anotherOperation }
                state.rekey = nil
            }
        }
    }

    /// Takes one of the old shares. With the last one needed, the new shares are made.
    ///
    /// - Returns: the status, or at the end the new shares. Those are in force, or to be verified, with the act of the
    ///   answer; without it the rekey is where it was before the first share.
    func submitToRekey(_ share: Shamir.Share, nonce: String) async throws(EngineError) -> CeremonyAnswer {
        try await step { required, surroundings throws(EngineError) in
            let (shares, ceremony) = try self.change { state throws(EngineError) in
                guard var ceremony = state.rekey else { throw .invalid("no barrier rekey in progress") }
                let shares = try ceremony.submit(share, nonce: nonce, required: required)
                state.rekey = ceremony
                return (shares, ceremony)
            }
            guard let shares else {
                return CeremonyAnswer(RekeyCeremony.status(of: ceremony, required: required))
            }
            let rekey: PreparedRekey
            do throws(SealError) {
                rekey = try await surroundings.lifecycle.prepareRekey(to: ceremony.configuration, provenBy: shares)
            } catch {
                throw EngineError(error)
            }
            return self.completion(of: ceremony, with: rekey)
        }
    }

    private func completion(of ceremony: RekeyCeremony, with rekey: PreparedRekey) -> CeremonyAnswer {
        guard ceremony.requiresVerification else {
            return CeremonyAnswer(ceremony.completion(with: rekey)) { () throws(EngineError) in
                try await self.step { _, surroundings throws(EngineError) in
                    try self.change { state throws(EngineError) in try state.rekey.checkUnchanged(since: ceremony) }
                    try await self.finish(rekey, surroundings)
                }
            }
        }
        var verifying = ceremony
        verifying.beginVerification(of: rekey, nonce: SecureRandom.uuid())
        return CeremonyAnswer(verifying.completion(with: rekey)) { [verifying] () throws(EngineError) in
            try await self.step { _, _ throws(EngineError) in
                try self.change { state throws(EngineError) in
                    try state.rekey.checkUnchanged(since: ceremony)
                    state.rekey = verifying
                }
            }
        }
    }

    /// The fields of `sys/rekey/verify`.
    func verificationStatus() async throws(EngineError) -> JSONObject {
        try await look().state.rekey.orRefuse().verificationStatus()
    }

    /// Takes one of the new shares. With the last one needed they replace the old ones.
    ///
    /// - Returns: the status, or at the end that the rekey is complete, which it is with the act of the answer.
    func verifyRekey(_ share: Shamir.Share, nonce: String) async throws(EngineError) -> CeremonyAnswer {
        try await step { _, _ throws(EngineError) in
            let (proof, ceremony) = try self.change { state throws(EngineError) in
                var ceremony = try state.rekey.orRefuse()
                let proof = try ceremony.verify(share, nonce: nonce)
                state.rekey = ceremony
                return (proof, ceremony)
            }
            guard let proof else { return CeremonyAnswer(try ceremony.verificationStatus()) }
            guard proof.rekey.isProven(by: proof.shares) else {
                _ = try self.renewVerification()
                throw .invalid("rekey verification failed; incorrect key shares supplied")
            }
            let done: JSONObject = ["nonce": .string(ceremony.verificationNonce), "complete": true]
            return CeremonyAnswer(done) { () throws(EngineError) in
                try await self.step { _, surroundings throws(EngineError) in
                    try self.change { state throws(EngineError) in try state.rekey.checkUnchanged(since: ceremony) }
                    try await self.finish(proof.rekey, surroundings)
                }
            }
        }
    }

    /// Begins the verification anew, under another nonce.
    ///
    /// - Returns: its status.
    func restartVerification() async throws(EngineError) -> JSONObject {
        try await step { _, _ throws(EngineError) in try self.renewVerification() }
    }

    private func renewVerification() throws(EngineError) -> JSONObject {
        try change { state throws(EngineError) in
            var ceremony = try state.rekey.orRefuse()
            try ceremony.restartVerification(nonce: SecureRandom.uuid())
            state.rekey = ceremony
            return try ceremony.verificationStatus()
        }
    }

    /// Puts new shares into force.
    private func finish(_ rekey: PreparedRekey, _ surroundings: Surroundings) async throws(EngineError) {
        do throws(SealError) {
            try await surroundings.lifecycle.complete(rekey)
        } catch {
            // A commit that was reported as failed may have happened; shares that open the vault must not be lost.
            do throws(SealError) {
                try await surroundings.lifecycle.verify(rekey.shares)
            } catch _ {
                throw EngineError(error)
            }
        }
        surroundings.rekeyed(rekey.configuration)
        try change { state throws(EngineError) in state.rekey = nil }
    }
}

extension RekeyCeremony? {
    /// The rekey under way.
    ///
    /// - Throws: `EngineError.invalid` when there is none.
    fileprivate func orRefuse() throws(EngineError) -> RekeyCeremony {
        guard let self else { throw .invalid("no rekey in progress") }
        return self
    }

    /// Checks that the rekey under way is the one that an answer was prepared for, at the same stage.
    ///
    /// - Throws: `EngineError.invalid` when it was cancelled, completed or restarted meanwhile.
    fileprivate func checkUnchanged(since earlier: RekeyCeremony) throws(EngineError) {
        let now = try orRefuse()
        guard now.hasNonce(earlier.nonce), now.verificationNonce.utf8.elementsEqual(earlier.verificationNonce.utf8)
        else { throw .anotherOperation }
    }
}

extension EngineError {
    /// The refusal to cancel an operation that is not the one meant.
    static let anotherOperation = EngineError.invalid("incorrect nonce supplied; another operation is in progress")
}
