import Testing

@testable import VaultCrypto

@Suite struct PasswordHashTests {
    private func cheap() throws -> PasswordHash.Parameters { try PasswordHash.Parameters(memory: 64, passes: 1) }

    @Test func aPasswordMatchesItsHashOnly() throws {
        let hash = try PasswordHash(hashing: text("correct horse").span, parameters: cheap())
        #expect(hash.matches(text("correct horse")))
        for wrong in ["correct hors", "correct horse ", "Correct horse", "", "correct horse\0"] {
            #expect(!hash.matches(text(wrong)))
        }
    }

    @Test func theStoredTextReadsBack() throws {
        let hash = try PasswordHash(hashing: text("p").span)
        #expect(String(decoding: hash.encoded, as: UTF8.self).hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        let stored = try PasswordHash(encoded: hash.encoded.span)
        #expect(stored.parameters == .standard)
        #expect(stored.matches(text("p")))
        #expect(!stored.needsRehash())
    }

    @Test(arguments: PasswordVectors.all)
    func hashesOfTheReferenceImplementationMatch(encoded: String) throws {
        let hash = try PasswordHash(encoded: text(encoded).span)
        #expect(hash.matches(text("password")))
        #expect(!hash.matches(text("Password")))
        #expect(hash.needsRehash())
    }

    @Test func equalPasswordsHaveDifferentHashes() throws {
        let one = try PasswordHash(hashing: text("p").span, parameters: cheap())
        let two = try PasswordHash(hashing: text("p").span, parameters: cheap())
        #expect(one.encoded != two.encoded)
    }

    @Test func anEmptyPasswordIsAPasswordLikeAnyOther() throws {
        let hash = try PasswordHash(hashing: [UInt8]().span, parameters: cheap())
        #expect(hash.matches([UInt8]()))
        #expect(!hash.matches([0]))
    }

    @Test func aPasswordBeyondTheLimitIsRefused() throws {
        let limit = [UInt8](repeating: 0x61, count: 4096)
        let hash = try PasswordHash(hashing: limit.span, parameters: cheap())
        #expect(hash.matches(limit))
        #expect(!hash.matches((limit + [0x61])))
        #expect(throws: CryptoError.inputTooLarge) { try PasswordHash(hashing: (limit + [0x61]).span) }
    }

    @Test(
        arguments: [
            (0, 2), (7, 2), (1_048_577, 2), (UInt32.max, 2), (64, 0), (64, 17), (64, UInt32.max),
        ] as [(UInt32, UInt32)])
    func costsOutsideTheBoundsAreRefused(memory: UInt32, passes: UInt32) {
        #expect(throws: CryptoError.invalidLength) { try PasswordHash.Parameters(memory: memory, passes: passes) }
    }

    @Test(arguments: [
        "", "$", "password", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=4294967296,t=1,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=19$m=1048577,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=99,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=19$m=064,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=1,p=2$c29tZXNhbHQ$AAAA",
        "$argon2id$v=19$m=-64,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=,t=1,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
        "$argon2id$v=19$m=64,t=1,p=1$$AAAA", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA$AAAA",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AA\u{0}A", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA\n",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$" + String(repeating: "A", count: 100),
    ])
    func otherTextsAreMalformed(encoded: String) {
        #expect(throws: CryptoError.malformed) { try PasswordHash(encoded: text(encoded).span) }
    }

    @Test func aChangedHashMatchesNothing() throws {
        let hash = try PasswordHash(hashing: text("p").span, parameters: cheap())
        var changed = hash.encoded
        let index = changed.count - 10
        changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
        #expect(try !PasswordHash(encoded: changed.span).matches(text("p")))
    }
}
