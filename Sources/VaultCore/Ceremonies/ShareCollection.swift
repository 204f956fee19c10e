import EngineKit
import Notation
import VaultCrypto

/// Key shares that come in one by one, under a nonce that names the run they are meant for.
struct ShareCollection: Sendable {
    /// What the shares are given for; it decides the words of refusals.
    enum Purpose: Sendable {
        /// Agreeing to a rekey.
        case rekey
        /// Proving that new shares were received.
        case verification
        /// Agreeing to a new root token.
        case rootGeneration

        fileprivate var operation: String {
            switch self {
            case .rekey: "rekey operation"
            case .verification: "verify operation"
            case .rootGeneration: "root generation operation"
            }
        }

        // Vault says "generation" for a rekey too, and clients look for these words.
        fileprivate var duplicateRefusal: String {
            let operation = self == .verification ? operation : "generation operation"
            return "given key has already been provided during this \(operation)"
        }
    }

    /// What the shares are given for.
    let purpose: Purpose
    /// The name of the run.
    private(set) var nonce: String
    private var shares: [Shamir.Share] = []

    /// Begins a run.
    init(for purpose: Purpose, nonce: String) {
        self.purpose = purpose
        self.nonce = nonce
    }

    /// How many shares have come in.
    var progress: Int { shares.count }

    /// Takes a share.
    ///
    /// - Parameters:
    ///   - nonce: the run the share is meant for.
    ///   - required: how many shares are needed, 1 or more.
    /// - Returns: all shares when there are enough, else `nil`. They are forgotten here then, so whatever comes of
    ///   them, the next share is the first again.
    /// - Throws: `EngineError.invalid` for another nonce or a share that is known.
    mutating func submit(_ share: Shamir.Share, nonce: String, required: Int) throws(EngineError) -> [Shamir.Share]? {
        guard hasNonce(nonce) else {
            throw .invalid("incorrect nonce supplied; nonce for this \(purpose.operation) is \"\(self.nonce)\"")
        }
        guard !shares.contains(where: { $0.bytes.isEqual(to: share.bytes) }) else {
            throw .invalid(purpose.duplicateRefusal)
        }
        shares.append(share)
        guard shares.count >= required else { return nil }
        defer { shares = [] }
        return shares
    }

    /// Whether a nonce names this run; found out in constant time.
    func hasNonce(_ nonce: String) -> Bool {
        ConstantTime.isEqual(Array(nonce.utf8).span, Array(self.nonce.utf8).span)
    }
}

extension Shamir.Share {
    /// How many bytes the text of a share may stand for: keys of 16 to 32 bytes, and the coordinate.
    private static let byteCounts = 16...33

    /// Reads a share from a request.
    ///
    /// - Parameter text: hexadecimal when that gives a share's length, else base64.
    /// - Returns: `nil` when it is neither, or the system gives no protected memory.
    convenience init?(text: String) {
        let digits = Hexadecimal.decode(text).flatMap { Self.byteCounts.contains($0.count) ? $0 : nil }
        guard var bytes = digits ?? Base64.decode(text), Self.byteCounts.contains(bytes.count) else { return nil }
        do throws(CryptoError) {
            self.init(try SecretBytes(copyingAndWiping: &bytes))
        } catch {
            return nil
        }
    }
}
