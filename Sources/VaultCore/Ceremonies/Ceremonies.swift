import EngineKit
import Storage
import Synchronization
import VaultCrypto

/// What holders of key shares do together: rekeying, and generating a root token.
///
/// Steps that change something run one after another, so that whatever a step found still holds when it acts: a
/// cancellation waits for a completion under way, and so does sealing. The lock only guards the state itself.
package final class Ceremonies: Sendable {
    /// What a ceremony needs of the unsealed vault.
    struct Surroundings: Sendable {
        /// Proves shares, and makes and replaces the unseal key.
        let lifecycle: BarrierLifecycle
        /// Called when a new unseal key is in force, with the number of its shares.
        let rekeyed: @Sendable (SealConfiguration) -> Void
    }

    /// What is under way.
    struct State: Sendable {
        /// The rekey.
        var rekey: RekeyCeremony?
        /// The generation of a root token.
        var rootGeneration: RootGenerationCeremony?
    }

    /// Everything the lock guards. While the vault is sealed there are no surroundings, and nothing is under way.
    private struct Guarded: Sendable {
        var surroundings: Surroundings?
        var state = State()
    }

    private let guarded = Mutex(Guarded())
    private let turns = SerialWork()

    /// Makes a place for ceremonies; it stays closed until the vault is unsealed.
    package init() {}

    /// Allows ceremonies: the vault is unsealed.
    func open(in surroundings: Surroundings) { guarded.withLock { $0 = Guarded(surroundings: surroundings) } }

    /// Ends all ceremonies, wipes their shares and allows no more. Call it inside of a turn.
    func close() { guarded.withLock { $0 = Guarded() } }

    /// Runs work while no step of a ceremony is under way.
    func inTurn<Answer: Sendable>(_ work: @escaping @Sendable () async -> Answer) async -> Answer {
        await turns.run(work)
    }

    /// Runs a step of a ceremony, after all earlier ones.
    ///
    /// - Parameter work: the step. It is given how many shares are needed now, and what it acts on.
    /// - Throws: `EngineError.store(.sealed)` while sealed, and what the step throws.
    func step<Answer: Sendable>(
        _ work: @escaping @Sendable (Int, Surroundings) async throws(EngineError) -> Answer
    ) async throws(EngineError) -> Answer {
        let result = await turns.run { () -> Result<Answer, EngineError> in
            do throws(EngineError) {
                let surroundings = try self.surroundings
                return .success(try await work(try await Self.required(surroundings), surroundings))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// What is under way, and how many shares are needed for it.
    func look() async throws(EngineError) -> (state: State, required: Int) {
        let required = try await Self.required(try surroundings)
        return (try change { state throws(EngineError) in state }, required)
    }

    /// Reads or changes what is under way.
    ///
    /// - Throws: `EngineError.store(.sealed)` while sealed, and what `body` throws.
    func change<Answer: Sendable>(
        _ body: (inout State) throws(EngineError) -> Answer
    ) throws(EngineError) -> Answer {
        try guarded.withLock { guarded throws(EngineError) in
            guard guarded.surroundings != nil else { throw .store(.sealed) }
            return try body(&guarded.state)
        }
    }

    private var surroundings: Surroundings {
        get throws(EngineError) {
            guard let surroundings = guarded.withLock({ $0.surroundings }) else { throw .store(.sealed) }
            return surroundings
        }
    }

    private static func required(_ surroundings: Surroundings) async throws(EngineError) -> Int {
        do throws(SealError) {
            guard let configuration = try await surroundings.lifecycle.configuration() else { throw .notInitialized }
            return Int(configuration.threshold)
        } catch {
            throw EngineError(error)
        }
    }
}

extension EngineError {
    /// The answer to a step that the seal refused.
    init(_ error: SealError) {
        self =
            switch error {
            case .invalidKey, .invalidShares: .invalid("invalid key: the given shares do not open this vault")
            case .rekeyOvertaken: .invalid("the key shares were changed by another rekey operation")
            case .sealed: .store(.sealed)
            case .store(let error): .store(error)
            case .alreadyInitialized, .storeNotEmpty, .notInitialized, .corruptedBootstrap, .memoryUnavailable:
                .internalError("the seal refused a ceremony: \(error)")
            }
    }
}
