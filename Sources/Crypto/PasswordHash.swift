internal import CSodium

/// An Argon2id password hash (RFC 9106) with its parameters and salt in the usual text form:
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
///
/// Hashing takes milliseconds and megabytes by design: run it off the event loop, a few at a time.
package struct PasswordHash: Sendable {
    /// What one hash costs.
    package struct Parameters: Equatable, Sendable {
        /// Memory in KiB, 8…1,048,576.
        package let memory: UInt32
        /// Passes over the memory, 1…16.
        package let passes: UInt32

        /// 19 MiB and 2 passes: the smallest of the settings that OWASP's Password Storage Cheat Sheet advises.
        package static let standard = Parameters(unchecked: 19 * 1024, passes: 2)

        /// - Throws: ``CryptoError/invalidLength`` outside the bounds, which keep a stored text from naming a cost
        ///   that stops the server.
        package init(memory: UInt32, passes: UInt32) throws(CryptoError) {
            guard (8...1_048_576).contains(memory), (1...16).contains(passes) else { throw .invalidLength }
            self.init(unchecked: memory, passes: passes)
        }

        private init(unchecked memory: UInt32, passes: UInt32) {
            self.memory = memory
            self.passes = passes
        }
    }

    /// Longest password in bytes; a bound, so that hashing cannot be made slow by length.
    package static let maximumPasswordCount = 4096

    /// The text in ASCII, without terminator.
    package let encoded: [UInt8]
    /// The parameters it was made with.
    package let parameters: Parameters

    private static let textCapacity = 128

    /// Hashes `password` with a fresh random salt.
    ///
    /// - Throws: ``CryptoError/inputTooLarge`` for a password above 4,096 bytes, ``CryptoError/memoryUnavailable``.
    package init(
        hashing password: Span<UInt8>, parameters: Parameters = .standard
    ) throws(CryptoError) {
        try Sodium.initialise()
        guard password.count <= Self.maximumPasswordCount else { throw .inputTooLarge }
        var text = [CChar](repeating: 0, count: Self.textCapacity)
        let status = unsafe text.withUnsafeMutableBufferPointer { output in
            unsafe Self.withCharacters(of: password) { characters, count in
                guard let output = output.baseAddress else { return CInt(-1) }
                // Writes at most 128 bytes and always a terminator.
                return unsafe crypto_pwhash_str_alg(
                    output, characters, UInt64(count), UInt64(parameters.passes), Int(parameters.memory) * 1024,
                    crypto_pwhash_ALG_ARGON2ID13)
            }
        }
        guard status == 0 else { throw .memoryUnavailable }
        encoded = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        self.parameters = parameters
    }

    /// Reads a stored hash.
    ///
    /// - Throws: ``CryptoError/malformed`` when it is not the text of an Argon2id hash within the bounds of
    ///   ``Parameters``.
    package init(encoded: Span<UInt8>) throws(CryptoError) {
        guard encoded.count < Self.textCapacity else { throw .malformed }
        var reader = PasswordHashReader(encoded)
        guard reader.skip("$argon2id$v=19$m="), let memory = reader.number(),
            reader.skip(",t="), let passes = reader.number(),
            reader.skip(",p=1$"), reader.restIsBase64Pair()
        else { throw .malformed }
        do { parameters = try Parameters(memory: memory, passes: passes) } catch { throw .malformed }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        for index in encoded.indices { bytes.append(encoded[index]) }
        self.encoded = bytes
    }

    /// Whether `password` is the one that was hashed. Compared in constant time; false also when memory is lacking.
    package func matches(_ password: Span<UInt8>) -> Bool {
        guard (try? Sodium.initialise()) != nil else { return false }  // No library, no match: the safe answer.
        guard password.count <= Self.maximumPasswordCount else { return false }
        var text = [CChar](repeating: 0, count: Self.textCapacity)
        for index in encoded.indices { text[index] = CChar(bitPattern: encoded[index]) }
        return unsafe text.withUnsafeBufferPointer { text in
            unsafe Self.withCharacters(of: password) { characters, count in
                guard let text = text.baseAddress else { return false }
                // `text` is terminated: at most 127 of its 128 zeros were overwritten.
                return unsafe crypto_pwhash_str_verify(text, characters, UInt64(count)) == 0
            }
        }
    }

    /// Whether the hash was made with other parameters than `wanted`, and should be made anew at the next login.
    package func needsRehash(for wanted: Parameters = .standard) -> Bool {
        parameters != wanted
    }

    /// Lends a password as C characters, never a null pointer, also when it is empty.
    private static func withCharacters<Result>(
        of password: Span<UInt8>, _ body: (UnsafePointer<CChar>, Int) -> Result
    ) -> Result {
        unsafe Scratch.withBytes(maximumPasswordCount) { copy in
            unsafe password.copy(to: copy)
            return unsafe copy.withMemoryRebound(to: CChar.self, capacity: maximumPasswordCount) { characters in
                unsafe body(characters, password.count)
            }
        }
    }
}
