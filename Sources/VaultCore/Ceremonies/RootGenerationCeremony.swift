import EngineKit
import Notation
import VaultCrypto

/// The generation of a root token under way, as a value: holders of the shares agree to it one by one.
struct RootGenerationCeremony: Sendable {
    /// What the new token is handed out under.
    let password: OneTimePassword
    private var collection: ShareCollection

    /// Begins a generation.
    init(password: OneTimePassword, nonce: String) {
        self.password = password
        collection = ShareCollection(for: .rootGeneration, nonce: nonce)
    }

    /// Takes a share.
    ///
    /// - Parameter required: how many shares are needed.
    /// - Returns: all of them when there are enough.
    /// - Throws: `EngineError.invalid` for another nonce or a share that is known.
    mutating func submit(_ share: Shamir.Share, nonce: String, required: Int) throws(EngineError) -> [Shamir.Share]? {
        try collection.submit(share, nonce: nonce, required: required)
    }

    /// The name of the generation.
    var nonce: String { collection.nonce }

    /// Whether a nonce names this generation.
    func hasNonce(_ nonce: String) -> Bool { collection.hasNonce(nonce) }

    /// The fields of `sys/generate-root/attempt`.
    ///
    /// - Parameters:
    ///   - ceremony: the generation; `nil` when none is under way.
    ///   - required: how many shares are needed.
    ///   - encodedToken: the token under the password, once there is one.
    static func status(
        of ceremony: RootGenerationCeremony?, required: Int, encodedToken: String? = nil
    ) -> JSONObject {
        [
            "nonce": .string(ceremony?.collection.nonce ?? ""), "started": .bool(ceremony != nil),
            "progress": .integer(encodedToken == nil ? ceremony?.collection.progress ?? 0 : required),
            "required": .integer(required), "complete": .bool(encodedToken != nil),
            "encoded_token": .string(encodedToken ?? ""), "encoded_root_token": .string(encodedToken ?? ""),
            "pgp_fingerprint": "", "otp": "", "otp_length": .integer(OneTimePassword.length),
        ]
    }
}
