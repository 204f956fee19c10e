import EngineKit
import Synchronization
import VaultCrypto

/// One key of the keyring, and how much it has been used.
package final class TermKey: Sendable {
    /// The term's number, from 1 upward.
    package let number: UInt32
    /// When the term was installed, in milliseconds since 1970.
    package let installed: Int64
    /// Seals realm keys and carried data keys.
    let key: StoredKey
    private let sealCount: Atomic<UInt64>

    /// Makes a term.
    ///
    /// - Parameter sealed: how many values were sealed during the term so far.
    init(number: UInt32, installed: Int64, key: StoredKey, sealed: UInt64) {
        self.number = number
        self.installed = installed
        self.key = key
        sealCount = Atomic(sealed)
    }

    /// How many values were sealed while the term was the active one. Across a crash the number falls back to the
    /// one last saved; no limit of the cipher depends on it.
    package var encryptions: UInt64 { sealCount.load(ordering: .relaxed) }

    /// Counts sealed values.
    func count(_ sealed: Int) {
        sealCount.wrappingAdd(UInt64(clamping: sealed), ordering: .relaxed)
    }

    /// The number that envelopes give for the term's own key.
    static let keyID: UInt64 = 0
}

/// The keys that everything in the barrier hangs from, as an immutable value.
///
/// The newest term is the active one: what is wrapped from now on is wrapped with it. Older terms are kept to open
/// what has not been rewrapped yet.
package struct Keyring: Sendable {
    /// Grows by one with each change of the keyring.
    let generation: UInt64
    /// The terms in order; never empty.
    let terms: [TermKey]
    /// The newest term.
    let active: TermKey
    /// Hashes names into row keys. Never changed.
    package let indexKey: KeyMaterial
    /// Hashes token identifiers. Never changed: tokens could not be found any more.
    package let tokenKey: KeyMaterial
    /// What the audit log's signing key and hash keys are derived from. Never changed.
    package let auditSeed: KeyMaterial

    /// Makes a keyring; `nil` without a term, or when the terms are not in order.
    init?(
        generation: UInt64, terms: [TermKey], indexKey: KeyMaterial, tokenKey: KeyMaterial, auditSeed: KeyMaterial
    ) {
        guard let active = terms.last, zip(terms, terms.dropFirst()).allSatisfy({ $0.number < $1.number }) else {
            return nil
        }
        self.generation = generation
        self.terms = terms
        self.active = active
        self.indexKey = indexKey
        self.tokenKey = tokenKey
        self.auditSeed = auditSeed
    }

    /// The first keyring of a vault.
    static func generate(now: Int64) throws(CryptoError) -> Keyring? {
        let first = TermKey(number: 1, installed: now, key: try StoredKey(), sealed: 0)
        return Keyring(
            generation: 1, terms: [first], indexKey: try KeyMaterial(), tokenKey: try KeyMaterial(),
            auditSeed: try KeyMaterial())
    }

    /// The same keyring with one more term, or one generation on with the same terms.
    func successor(adding key: StoredKey?, now: Int64) -> Keyring? {
        let (next, overflow) = active.number.addingReportingOverflow(1)
        guard !overflow else { return nil }
        let added = key.map { [TermKey(number: next, installed: now, key: $0, sealed: 0)] } ?? []
        return Keyring(
            generation: generation &+ 1, terms: terms + added, indexKey: indexKey, tokenKey: tokenKey,
            auditSeed: auditSeed)
    }

    /// A term by its number.
    func term(_ number: UInt32) -> TermKey? {
        if active.number == number { return active }
        return terms.last { $0.number == number }
    }
}

/// What `sys/key-status` tells.
package struct KeyStatus: Sendable, Equatable {
    /// The active term.
    package let term: UInt32
    /// When it was installed, in milliseconds since 1970.
    package let installed: Int64
    /// How many values were sealed since.
    package let encryptions: UInt64

    /// States the facts of a term.
    package init(term: UInt32, installed: Int64, encryptions: UInt64) {
        self.term = term
        self.installed = installed
        self.encryptions = encryptions
    }
}
