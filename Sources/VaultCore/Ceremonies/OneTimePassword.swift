import EngineKit
import Identity
import Notation

/// The password that a new root token is handed out under: the token leaves the server only combined with it.
///
///     encoded = base64 without padding ( token XOR password )        both 28 bytes
struct OneTimePassword: Sendable {
    /// The length of a root token, in bytes: its prefix and 24 characters.
    static let length = TokenStore.servicePrefix.utf8.count + 24

    /// The text. As secret as the token, given the encoded token.
    let text: String

    /// Makes a random password of base62 characters.
    init(from random: any RandomSource) { text = random.base62(Self.length) }

    /// Takes a password that a client chose.
    ///
    /// - Throws: `EngineError.invalid` when it is not as long as a token.
    init(given text: String) throws(EngineError) {
        guard text.utf8.count == Self.length else { throw .invalid("OTP string has incorrect length") }
        self.text = text
    }

    /// The token under the password.
    ///
    /// - Returns: `nil` when the token has another length than root tokens have.
    func encode(_ token: String) -> String? {
        guard token.utf8.count == text.utf8.count else { return nil }
        return Base64.encode(zip(token.utf8, text.utf8).map { $0 ^ $1 }, padded: false)
    }

    /// The token behind an encoded one.
    ///
    /// - Returns: `nil` when the two do not fit together: not base64, another length, or not a text.
    static func decode(_ encoded: String, password: String) -> String? {
        guard let bytes = Base64.decode(encoded, padded: false), bytes.count == password.utf8.count else { return nil }
        return String(validating: zip(bytes, password.utf8).map { $0 ^ $1 }, as: UTF8.self)
    }
}
