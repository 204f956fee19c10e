package import VaultCrypto

/// The life of the seal, as a value that only takes steps that are legal.
///
///     uninitialised ──beginInitialization──▶ opening ──initialized──▶ sealed 0/t
///     sealed n/t ──submit──▶ sealed n+1/t        sealed t-1/t ──submit──▶ opening
///     opening ──opened──▶ unsealed               opening ──openingFailed──▶ where it came from
///     unsealed ──seal──▶ draining ──drained──▶ sealed 0/t
///
/// The machine does nothing by itself: a step returns what the driver has to do, and the driver reports how it went.
/// Inputs that come from the network never trap; in a state where they make no sense they are refused. Shares are
/// held in locked memory and wiped when the state that holds them is left.
package struct SealMachine: ~Copyable {
    private enum State {
        case uninitialized
        case sealed(SealConfiguration, shares: [Shamir.Share], nonce: String)
        /// No configuration to go back to: the vault is being initialised.
        case opening(SealConfiguration, isInitializing: Bool, nonce: String)
        case unsealed(SealConfiguration)
        case draining(SealConfiguration)
    }

    private var state: State

    /// Begins with what the store holds: the configuration of a sealed vault, or nothing.
    package init(_ configuration: SealConfiguration?) {
        state = configuration.map { .sealed($0, shares: [], nonce: "") } ?? .uninitialized
    }

    /// Why a step was refused.
    package enum Refusal: Error, Hashable, Sendable {
        /// There is no vault yet.
        case notInitialized
        /// There is a vault already.
        case alreadyInitialized
        /// The vault is unsealed.
        case unsealed
        /// The vault is sealed.
        case sealed
        /// The vault is being opened; the outcome is not known yet.
        case opening
        /// The vault is being sealed.
        case draining
        /// The driver reported the end of something that had not begun.
        case notBegun
    }

    /// What to do after a share.
    package enum Submission: Sendable {
        /// Nothing: more shares are needed, or this one was known.
        case needMore
        /// Open the vault with these shares, then report `opened` or `openingFailed`.
        case open([Shamir.Share])
        /// Nothing: the vault is unsealed already. The answer is its status.
        case alreadyUnsealed
        /// Wait until the opening under way has ended. The answer is the status then.
        case waitForOpening
        /// Nothing.
        case refused(Refusal)
    }

    /// Another node has initialised the vault in the shared store.
    package mutating func discovered(_ configuration: SealConfiguration) {
        if case .uninitialized = state { state = .sealed(configuration, shares: [], nonce: "") }
    }

    /// A new vault is asked for. If the step is accepted, make one, then report `initialized` or `openingFailed`.
    package mutating func beginInitialization(_ configuration: SealConfiguration) throws(Refusal) {
        switch state {
        case .uninitialized: state = .opening(configuration, isInitializing: true, nonce: "")
        case .opening(_, isInitializing: true, _): throw .opening
        case .sealed, .opening, .unsealed, .draining: throw .alreadyInitialized
        }
    }

    /// The vault was made and is sealed.
    package mutating func initialized() throws(Refusal) {
        guard case .opening(let configuration, isInitializing: true, _) = state else { throw .notBegun }
        state = .sealed(configuration, shares: [], nonce: "")
    }

    /// A share came in.
    ///
    /// - Parameter freshNonce: a random name for the run, used if this is its first share.
    package mutating func submit(_ share: Shamir.Share, freshNonce: String) -> Submission {
        switch state {
        case .uninitialized: return .refused(.notInitialized)
        case .opening(_, isInitializing: true, _): return .refused(.notInitialized)
        case .opening: return .waitForOpening
        case .unsealed: return .alreadyUnsealed
        case .draining: return .refused(.draining)
        case .sealed(let configuration, var shares, let nonce):
            if shares.contains(where: { $0.bytes.isEqual(to: share.bytes) }) { return .needMore }
            shares.append(share)
            let nonce = nonce.isEmpty ? freshNonce : nonce
            guard shares.count >= Int(configuration.threshold) else {
                state = .sealed(configuration, shares: shares, nonce: nonce)
                return .needMore
            }
            state = .opening(configuration, isInitializing: false, nonce: nonce)
            return .open(shares)
        }
    }

    /// The shares of an unfinished run are to be forgotten.
    package mutating func reset() throws(Refusal) {
        switch state {
        case .uninitialized: throw .notInitialized
        case .opening(_, isInitializing: true, _): throw .notInitialized
        case .opening: throw .opening
        case .unsealed: throw .unsealed
        case .draining: throw .draining
        case .sealed(let configuration, _, _): state = .sealed(configuration, shares: [], nonce: "")
        }
    }

    /// The vault is open and ready to serve.
    package mutating func opened() throws(Refusal) {
        guard case .opening(let configuration, isInitializing: false, _) = state else { throw .notBegun }
        state = .unsealed(configuration)
    }

    /// The vault could not be opened, or not be made. The shares are forgotten.
    package mutating func openingFailed() throws(Refusal) {
        switch state {
        case .opening(_, isInitializing: true, _): state = .uninitialized
        case .opening(let configuration, isInitializing: false, _):
            state = .sealed(configuration, shares: [], nonce: "")
        case .uninitialized, .sealed, .unsealed, .draining: throw .notBegun
        }
    }

    /// The vault is to be sealed. If the step is accepted, let work under way finish, drop the keys, then report
    /// `drained`.
    package mutating func seal() throws(Refusal) {
        switch state {
        case .uninitialized: throw .notInitialized
        case .sealed: throw .sealed
        case .opening: throw .opening
        case .draining: throw .draining
        case .unsealed(let configuration): state = .draining(configuration)
        }
    }

    /// No work is under way any more and the keys are gone.
    package mutating func drained() throws(Refusal) {
        guard case .draining(let configuration) = state else { throw .notBegun }
        state = .sealed(configuration, shares: [], nonce: "")
    }

    /// A rekey changed how many shares there are.
    package mutating func rekeyed(_ configuration: SealConfiguration) throws(Refusal) {
        guard case .unsealed = state else { throw .sealed }
        state = .unsealed(configuration)
    }

    /// What `sys/seal-status` tells.
    package var status: SealStatus {
        switch state {
        case .uninitialized, .opening(_, isInitializing: true, _): SealStatus()
        case .sealed(let configuration, let shares, let nonce):
            SealStatus(configuration: configuration, progress: shares.count, nonce: nonce)
        case .opening(let configuration, isInitializing: false, let nonce):
            SealStatus(configuration: configuration, progress: Int(configuration.threshold), nonce: nonce)
        case .unsealed(let configuration): SealStatus(configuration: configuration, isSealed: false)
        case .draining(let configuration): SealStatus(configuration: configuration)
        }
    }
}
