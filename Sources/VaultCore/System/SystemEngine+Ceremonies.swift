import EngineKit
import Notation
import Storage
import VaultCrypto

/// Rekeying and generating root tokens, in Vault's spelling and in OpenBao's.
///
/// Vault's paths answer without the envelope. They need a token with `sudo`, unless the server was configured to serve
/// them to anybody: without a token everybody could begin and cancel what share holders do. OpenBao's always need one.
extension SystemEngine {
    private typealias Rendering = @Sendable (JSONObject) -> EngineResponse

    var ceremonyRoutes: [Route] {
        let rekeysForAnybody = services.allowsUnauthenticatedRekey
        return rekeyRoutes("rekey", isOpen: rekeysForAnybody) { .raw($0) }
            + rekeyRoutes("rotate/root", isOpen: false) { .data($0) }
            + generationRoutes("generate-root", isOpen: services.allowsUnauthenticatedGenerateRoot) { .raw($0) }
            + generationRoutes("generate-root-token", isOpen: false) { .data($0) }
            + backupRoutes + recoveryRoutes("rekey-recovery-key", isOpen: rekeysForAnybody)
            + recoveryRoutes("rotate/recovery", isOpen: false)
            + [
                Route("decode-token", "Decodes a generated root token.").unauthenticated()
                    .control(.update, serve: decodeToken)
            ]
    }

    private func rekeyRoutes(_ base: String, isOpen: Bool, _ render: @escaping Rendering) -> [Route] {
        let ceremonies = services.ceremonies
        return [
            Self.route("\(base)/init", "The rekey under way: new key shares for the old ones.", isOpen)
                .control(.read) { _ throws(EngineError) in render(try await ceremonies.rekeyStatus()) }
                .control(.update) { request throws(EngineError) in render(try await beginRekey(request)) }
                .control(.delete) { request throws(EngineError) in
                    try await ceremonies.cancelRekey(nonce: try Self.nonce(request))
                    return .noContent
                },
            Self.route("\(base)/update", "Takes a key share for the rekey under way.", isOpen)
                .staged(.update) { request throws(EngineError) in
                    let (share, nonce) = try Self.shareAndNonce(request)
                    return try await ceremonies.submitToRekey(share, nonce: nonce).rendered(render)
                },
            Self.route("\(base)/verify", "Takes new key shares as proof that they were received.", isOpen)
                .control(.read) { _ throws(EngineError) in render(try await ceremonies.verificationStatus()) }
                .staged(.update) { request throws(EngineError) in
                    let (share, nonce) = try Self.shareAndNonce(request)
                    return try await ceremonies.verifyRekey(share, nonce: nonce).rendered(render)
                }
                .control(.delete) { _ throws(EngineError) in render(try await ceremonies.restartVerification()) },
        ]
    }

    private func generationRoutes(_ base: String, isOpen: Bool, _ render: @escaping Rendering) -> [Route] {
        let services = services
        let ceremonies = services.ceremonies
        return [
            Self.route("\(base)/attempt", "The generation of a root token under way.", isOpen)
                .control(.read) { _ throws(EngineError) in render(try await ceremonies.rootGenerationStatus()) }
                .control(.update) { request throws(EngineError) in render(try await beginGeneration(request)) }
                .control(.delete) { request throws(EngineError) in
                    try await ceremonies.cancelRootGeneration(nonce: try Self.nonce(request))
                    return .noContent
                },
            Self.route("\(base)/update", "Takes a key share for the root token under way.", isOpen)
                .staged(.update) { request throws(EngineError) in
                    let (share, nonce) = try Self.shareAndNonce(request)
                    return try await ceremonies.submitToRootGeneration(
                        share, nonce: nonce, try running(), now: request.now
                    ).rendered(render)
                },
        ]
    }

    /// New shares are only ever handed out, never kept: that would need PGP keys to encrypt them.
    private var backupRoutes: [Route] {
        ["rekey/backup", "rekey/recovery-key-backup", "rotate/root/backup", "rotate/recovery/backup"].map { path in
            Route(path, "Encrypted copies of new key shares; none are kept.")
                .control(.read) { _ throws(EngineError) in throw .invalid("no backed-up keys found") }
                .control(.delete) { _ throws(EngineError) in .noContent }
        }
    }

    private func recoveryRoutes(_ base: String, isOpen: Bool) -> [Route] {
        ["init", "update", "verify"].map { step in
            Self.route("\(base)/\(step)", "Recovery keys; a vault that is sealed by shares has none.", isOpen)
                .control(.read, .update, .delete) { _ throws(EngineError) in
                    throw .invalid("recovery rekeying not supported")
                }
        }
    }

    private static func route(_ path: String, _ summary: String, _ isOpen: Bool) -> Route {
        let route = Route(path, summary)
        return isOpen ? route.unauthenticated() : route.sudo()
    }

    @Sendable private func beginRekey(_ request: EngineRequest) async throws(EngineError) -> JSONObject {
        let input = request.input
        let shares = try input.int("secret_shares") ?? 0
        let threshold = try input.int("secret_threshold") ?? 0
        let keys = try input.list("pgp_keys") ?? []
        if try input.bool("backup") ?? false, keys.isEmpty {
            throw .invalid("cannot request a backup of the new keys without providing PGP keys for encryption")
        }
        guard keys.isEmpty || keys.count == shares else {
            throw .invalid("incorrect number of PGP keys for rekey")
        }
        guard keys.isEmpty else { throw .invalid("PGP keys are not supported") }
        let configuration: SealConfiguration
        do throws(SealConfigurationError) {
            configuration = try SealConfiguration(
                shares: shares, threshold: threshold)
        } catch {
            throw .invalid("invalid rekey seal configuration: \(error.reason)")
        }
        return try await services.ceremonies.beginRekey(
            to: configuration, requiresVerification: try input.bool("require_verification") ?? false)
    }

    @Sendable private func beginGeneration(_ request: EngineRequest) async throws(EngineError) -> JSONObject {
        if let key = try request.input.string("pgp_key"), !key.utf8.isEmpty {
            throw .invalid("PGP keys are not supported")
        }
        if let given = try request.input.string("otp"), !given.utf8.isEmpty {
            return try await services.ceremonies.beginRootGeneration(try OneTimePassword(given: given))
        }
        let password = OneTimePassword(from: request.random)
        var status = try await services.ceremonies.beginRootGeneration(password)
        // Only whoever begins the generation hears the password, and only now.
        status["otp"] = .string(password.text)
        return status
    }

    @Sendable private func decodeToken(_ request: EngineRequest) async throws(EngineError) -> EngineResponse {
        guard let encoded = try request.input.string("encoded_token"), !encoded.utf8.isEmpty else {
            throw .invalid("missing encoded token")
        }
        guard let password = try request.input.string("otp"), !password.utf8.isEmpty else {
            throw .invalid("missing otp")
        }
        guard let token = OneTimePassword.decode(encoded, password: password) else {
            throw .invalid("the encoded token does not fit the otp")
        }
        return .data(["token": .string(token)])
    }

    private static func shareAndNonce(_ request: EngineRequest) throws(EngineError) -> (Shamir.Share, String) {
        guard let text = try request.input.string("key"), !text.utf8.isEmpty else {
            throw .invalid("'key' must be specified in request body as JSON")
        }
        guard let share = Shamir.Share(text: text) else {
            throw .invalid("'key' must be a valid hex or base64 string")
        }
        return (share, try request.input.string("nonce") ?? "")
    }

    /// The operation that a cancellation means; `nil` when it does not say.
    private static func nonce(_ request: EngineRequest) throws(EngineError) -> String? {
        try request.input.string("nonce").flatMap { $0.utf8.isEmpty ? nil : $0 }
    }
}
