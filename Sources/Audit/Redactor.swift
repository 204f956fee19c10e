import Notation
package import VaultCrypto

/// Replaces secrets by keyed hashes, so that auditors can recognise a value they know and learn nothing else.
///
/// The hash is `hmac-sha256:` and the hexadecimal HMAC-SHA256 under the device's salt, as in Vault. Unlike Vault it
/// also hashes strings that look like a time: a secret may look like one.
package struct Redactor: Sendable {
    private let key: HMACKey
    /// Whether values are left as they are: a device that was asked to log in the raw.
    let isRaw: Bool

    /// Makes a redactor for a device's salt.
    package init(salt: borrowing SecretBytes, isRaw: Bool = false) throws(AuditError) {
        self.isRaw = isRaw
        do throws(CryptoError) {
            key = try HMACKey(salt)
        } catch {
            throw AuditError("no protected memory for the salt of an audit device")
        }
    }

    /// The hash of a value.
    package func hash(_ value: [UInt8]) -> String {
        isRaw ? String(decoding: value, as: UTF8.self) : digest(value)
    }

    /// The hash of a value, whatever the device does with values.
    package func digest(_ value: [UInt8]) -> String {
        String(decoding: hashed(value.span), as: UTF8.self)
    }

    /// A JSON text with each string value hashed, except below the named members of the top-level object.
    ///
    /// Text that is not JSON is hashed whole.
    package func redact(_ json: [UInt8], clear: [String] = []) -> [UInt8] {
        let clearNames = clear.map { Array($0.utf8) }
        var output: [UInt8] = []
        do throws(JSONError) {
            try JSONTokenWalker.rewriteStrings(json.span, into: &output, limits: .stored) { text, place in
                if isRaw { return nil }
                if let name = place.topLevelName, clearNames.contains(name) { return nil }
                return hashed(text)
            }
            return output
        } catch {
            output.removeAll()
            output.appendJSONString(utf8: hashed(json.span))
            return output
        }
    }

    private func hashed(_ value: Span<UInt8>) -> [UInt8] {
        let code = key.authenticate(value)
        return Array("hmac-sha256:".utf8) + Hexadecimal.encode(code.span)
    }
}
