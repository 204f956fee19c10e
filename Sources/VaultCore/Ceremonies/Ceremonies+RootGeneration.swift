import EngineKit
import Identity
import Notation
import Storage
import VaultCrypto

extension Ceremonies {
    /// The fields of `sys/generate-root/attempt`.
    func rootGenerationStatus() async throws(EngineError) -> JSONObject {
        let (state, required) = try await look()
        return RootGenerationCeremony.status(of: state.rootGeneration, required: required)
    }

    /// Begins the generation of a root token.
    ///
    /// - Returns: its status, with the nonce that shares are to be given under.
    func beginRootGeneration(_ password: OneTimePassword) async throws(EngineError) -> JSONObject {
        try await step { required, _ throws(EngineError) in
            let ceremony = RootGenerationCeremony(password: password, nonce: SecureRandom.uuid())
            try self.change { state throws(EngineError) in
                guard state.rootGeneration == nil else { throw .invalid("root generation already in progress") }
                state.rootGeneration = ceremony
            }
            return RootGenerationCeremony.status(of: ceremony, required: required)
        }
    }

    /// Ends the generation under way, if there is one.
    ///
    /// - Parameter nonce: the generation that is meant; `nil` for whichever it is.
    func cancelRootGeneration(nonce: String?) async throws(EngineError) {
        try await step { _, _ throws(EngineError) in
            try self.change { state throws(EngineError) in
                if let nonce, let ceremony = state.rootGeneration, !ceremony.hasNonce(nonce) { throw .anotherOperation }
                state.rootGeneration = nil
            }
        }
    }

    /// Takes a share. With the last one needed, the token is made.
    ///
    /// - Parameters:
    ///   - running: where the token is stored.
    ///   - now: the time of the token's creation.
    /// - Returns: the status, at the end with the encoded token. There is such a token only with the act of the
    ///   answer; without it the generation is where it was before the first share.
    func submitToRootGeneration(
        _ share: Shamir.Share, nonce: String, _ running: Running, now: Timestamp
    ) async throws(EngineError) -> CeremonyAnswer {
        try await step { required, surroundings throws(EngineError) in
            let (shares, ceremony) = try self.change { state throws(EngineError) in
                guard var ceremony = state.rootGeneration else { throw .invalid("no root generation in progress") }
                let shares = try ceremony.submit(share, nonce: nonce, required: required)
                state.rootGeneration = ceremony
                return (shares, ceremony)
            }
            guard let shares else {
                return CeremonyAnswer(RootGenerationCeremony.status(of: ceremony, required: required))
            }
            do throws(SealError) {
                try await surroundings.lifecycle.verify(shares)
            } catch {
                throw EngineError(error)
            }
            let token = TokenStore.newToken(from: running.random)
            guard let encoded = ceremony.password.encode(token) else {
                throw .internalError("a root token has another length than its one-time password")
            }
            let done = RootGenerationCeremony.status(of: ceremony, required: required, encodedToken: encoded)
            return CeremonyAnswer(done) { () throws(EngineError) in
                try await self.step { _, _ throws(EngineError) in
                    try self.requireUnderWay(ceremony)
                    try await Self.store(token, running, now)
                    try self.change { state throws(EngineError) in state.rootGeneration = nil }
                }
            }
        }
    }

    /// Refuses a generation that was cancelled or completed since its answer was prepared.
    private func requireUnderWay(_ ceremony: RootGenerationCeremony) throws(EngineError) {
        try change { state throws(EngineError) in
            guard let now = state.rootGeneration else { throw .invalid("no root generation in progress") }
            guard now.hasNonce(ceremony.nonce) else { throw .anotherOperation }
        }
    }

    private static func store(_ token: String, _ running: Running, _ now: Timestamp) async throws(EngineError) {
        _ = try await running.transactor.run { transaction throws(EngineError) in
            try running.tokens.create(.root(createdAt: now), id: token, transaction, random: running.random)
        }
    }
}
