import EngineKit
import Notation
import Storage
import VaultCrypto

/// A rekey under way, as a value: holders of the old shares agree to new ones, and may have to prove that they got
/// them.
///
///     collecting ──enough old shares──▶ done
///                └─(verification)─────▶ verifying ──enough new shares──▶ done
///
/// It does nothing by itself: it says when there are enough shares, and the driver acts.
struct RekeyCeremony: Sendable {
    private struct Verification: Sendable {
        let rekey: PreparedRekey
        var collection: ShareCollection
    }

    /// How many new shares there will be.
    let configuration: SealConfiguration
    /// Whether the new shares must be given back once before they replace the old ones.
    let requiresVerification: Bool
    private var collection: ShareCollection
    private var verification: Verification?

    /// Begins a rekey.
    init(to configuration: SealConfiguration, requiresVerification: Bool, nonce: String) {
        self.configuration = configuration
        self.requiresVerification = requiresVerification
        collection = ShareCollection(for: .rekey, nonce: nonce)
    }

    /// The name of the rekey.
    var nonce: String { collection.nonce }

    /// Whether a nonce names this rekey.
    func hasNonce(_ nonce: String) -> Bool { collection.hasNonce(nonce) }

    /// The name of the verification under way; empty before it.
    var verificationNonce: String { verification?.collection.nonce ?? "" }

    /// Takes one of the old shares.
    ///
    /// - Parameter required: how many of them are needed.
    /// - Returns: all of them when there are enough.
    /// - Throws: `EngineError.invalid` for another nonce, a share that is known, or when the new shares exist already.
    mutating func submit(_ share: Shamir.Share, nonce: String, required: Int) throws(EngineError) -> [Shamir.Share]? {
        guard verification == nil else {
            throw .invalid(
                "rekey operation already finished; verification must be performed; "
                    + "nonce for the verification operation is \"\(verificationNonce)\"")
        }
        return try collection.submit(share, nonce: nonce, required: required)
    }

    /// The new shares are handed out; now they are to be given back.
    mutating func beginVerification(of rekey: PreparedRekey, nonce: String) {
        verification = Verification(rekey: rekey, collection: ShareCollection(for: .verification, nonce: nonce))
    }

    /// Takes one of the new shares.
    ///
    /// - Returns: the prepared rekey and all new shares when there are enough.
    /// - Throws: `EngineError.invalid` for another nonce, a share that is known, or when nothing is to be verified.
    mutating func verify(
        _ share: Shamir.Share, nonce: String
    ) throws(EngineError) -> (rekey: PreparedRekey, shares: [Shamir.Share])? {
        guard var verification else { throw .invalid("no rekey verification in progress") }
        let shares = try verification.collection.submit(
            share, nonce: nonce, required: Int(configuration.threshold))
        self.verification = verification
        return shares.map { (verification.rekey, $0) }
    }

    /// Forgets the new shares that were given back; they are expected again, under another nonce.
    mutating func restartVerification(nonce: String) throws(EngineError) {
        guard let verification else { throw .invalid("no rekey verification in progress") }
        beginVerification(of: verification.rekey, nonce: nonce)
    }

    /// The fields of `sys/rekey/init`.
    ///
    /// - Parameters:
    ///   - ceremony: the rekey; `nil` when none is under way.
    ///   - required: how many of the old shares are needed.
    static func status(of ceremony: RekeyCeremony?, required: Int) -> JSONObject {
        var fields: JSONObject = [
            "nonce": .string(ceremony?.nonce ?? ""), "started": .bool(ceremony != nil),
            "t": .integer(ceremony?.configuration.threshold ?? 0), "n": .integer(ceremony?.configuration.shares ?? 0),
            "progress": .integer(ceremony?.collection.progress ?? 0), "required": .integer(required),
            "pgp_fingerprints": .null, "backup": false,
            "verification_required": .bool(ceremony?.requiresVerification ?? false),
        ]
        if let nonce = ceremony?.verificationNonce, !nonce.utf8.isEmpty {
            fields["verification_nonce"] = .string(nonce)
        }
        return fields
    }

    /// The fields of `sys/rekey/verify`.
    func verificationStatus() throws(EngineError) -> JSONObject {
        guard let verification else { throw .invalid("no rekey verification in progress") }
        return [
            "nonce": .string(verificationNonce), "started": true, "t": .integer(configuration.threshold),
            "n": .integer(configuration.shares), "progress": .integer(verification.collection.progress),
        ]
    }

    /// The answer to the last old share: the new ones, which leave the server here and nowhere else.
    func completion(with rekey: PreparedRekey) -> JSONObject {
        let keys = rekey.shares.map { share in share.bytes.withSpan { span in (0..<span.count).map { span[$0] } } }
        var fields: JSONObject = [
            "nonce": .string(nonce), "complete": true, "keys": .strings(keys.map { Hexadecimal.encode($0) }),
            "keys_base64": .strings(keys.map { Base64.encode($0) }), "pgp_fingerprints": .null, "backup": false,
            "verification_required": .bool(requiresVerification),
        ]
        if requiresVerification { fields["verification_nonce"] = .string(verificationNonce) }
        return fields
    }
}
