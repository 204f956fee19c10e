import Notation
import Testing
import VaultCore

/// Generating a root token by a quorum.
@Suite struct CeremonyRootGenerationTests {
    private func begin(_ world: CeremonyWorld, _ body: JSON = [:]) async throws -> (nonce: String, password: String) {
        let begun = try await world.asRoot(.write, "sys/generate-root/attempt", body)
        #expect(begun.status == 200 && begun.flag("started") == true && begun.flag("complete") == false)
        return (try #require(begun.text("nonce")), try #require(begun.text("otp")))
    }

    /// The token behind an encoded one, decoded apart from the server: unpadded base64 of token XOR password.
    private func decode(_ encoded: String, _ password: String) throws -> String {
        let bytes = try #require(Base64.decode(encoded, padded: false))
        try #require(bytes.count == password.utf8.count)
        return String(decoding: zip(bytes, password.utf8).map { $0 ^ $1 }, as: UTF8.self)
    }

    @Test func quorumGetsAWorkingRootToken() async throws {
        let world = try await CeremonyWorld()
        let idle = try await world.asRoot(.read, "sys/generate-root/attempt")
        #expect(idle.flag("started") == false && idle.text("nonce") == "" && idle.number("otp_length") == 28)
        #expect(idle.number("required") == 3 && idle.number("progress") == 0 && idle.json["data"] == nil)

        let (nonce, password) = try await begin(world)
        #expect(password.utf8.count == 28)
        #expect(password.utf8.allSatisfy { Character(UnicodeScalar($0)).isLetter || (0x30...0x39).contains($0) })
        #expect(try await world.asRoot(.read, "sys/generate-root/attempt").text("otp") == "")
        let second = try await world.give(world.keys[..<2], to: "sys/generate-root/update", nonce: nonce)
        #expect(second.number("progress") == 2 && second.text("encoded_token") == "")
        let done = try await world.give(world.keys[4], to: "sys/generate-root/update", nonce: nonce)
        #expect(done.flag("complete") == true && done.number("progress") == 3 && done.text("otp") == "")
        let encoded = try #require(done.text("encoded_token"))
        #expect(done.text("encoded_root_token") == encoded)

        let token = try decode(encoded, password)
        #expect(token != world.root)
        #expect(try await world.policies(of: token) == ["root"])
        let entry = try await world.send(.read, "auth/token/lookup-self", token: token).json["data"]
        #expect(entry?["path"]?.stringValue == "auth/token/root" && entry?["display_name"]?.stringValue == "root")
        #expect(entry?["orphan"]?.boolValue == true && entry?["ttl"]?.intValue == 0)
        #expect(try await world.asRoot(.read, "sys/generate-root/attempt").flag("started") == false)

        let body: JSON = ["encoded_token": .string(encoded), "otp": .string(password)]
        let decoded = try await world.send(.write, "sys/decode-token", body)
        #expect(decoded.status == 200 && decoded.json["data"]?["token"]?.stringValue == token)
        #expect(try await world.reopen(with: world.keys[..<3]).flag("sealed") == false)
        #expect(try await world.policies(of: token) == ["root"])
    }

    @Test func passwordMayBeGivenIfItsLengthFits() async throws {
        let world = try await CeremonyWorld()
        for wrong in ["short", "BMjzW3wAsEzINXCM05Wbas3u9zS", "BMjzW3wAsEzINXCM05Wbas3u9zSlx"] {
            let refused = try await world.asRoot(.write, "sys/generate-root/attempt", ["otp": .string(wrong)])
            #expect(refused.status == 400 && refused.error == "OTP string has incorrect length")
        }
        let chosen = "BMjzW3wAsEzINXCM05Wbas3u9zSl"
        let (nonce, shown) = try await begin(world, ["otp": .string(chosen)])
        #expect(shown == "")
        let done = try await world.give(world.keys[..<3], to: "sys/generate-root/update", nonce: nonce)
        let token = try decode(try #require(done.text("encoded_token")), chosen)
        #expect(try await world.policies(of: token) == ["root"])
    }

    @Test func wrongNonceDuplicatesAndForeignSharesAreRefused() async throws {
        let world = try await CeremonyWorld()
        let early = try await world.give(world.keys[0], to: "sys/generate-root/update", nonce: "x")
        #expect(early.status == 400 && early.error == "no root generation in progress")
        let (nonce, _) = try await begin(world)
        let second = try await world.asRoot(.write, "sys/generate-root/attempt", [:])
        #expect(second.status == 400 && second.error == "root generation already in progress")
        let other = try await world.give(world.keys[0], to: "sys/generate-root/update", nonce: "x")
        #expect(other.error == "incorrect nonce supplied; nonce for this root generation operation is \"\(nonce)\"")
        _ = try await world.give(world.keys[0], to: "sys/generate-root/update", nonce: nonce)
        let repeated = try await world.give(world.keys[0], to: "sys/generate-root/update", nonce: nonce)
        #expect(repeated.error == "given key has already been provided during this generation operation")

        let strangers = try await CeremonyWorld()
        let refused = try await world.give(strangers.keys[1...2], to: "sys/generate-root/update", nonce: nonce)
        #expect(refused.status == 400 && refused.json["encoded_token"] == nil)
        let after = try await world.asRoot(.read, "sys/generate-root/attempt")
        #expect(after.flag("started") == true && after.number("progress") == 0)
    }

    @Test func cancellingAndSealingForgetShares() async throws {
        let world = try await CeremonyWorld()
        #expect(try await world.asRoot(.delete, "sys/generate-root/attempt").status == 204)
        let (nonce, _) = try await begin(world)
        _ = try await world.give(world.keys[..<2], to: "sys/generate-root/update", nonce: nonce)
        #expect(try await world.asRoot(.delete, "sys/generate-root/attempt").status == 204)
        let late = try await world.give(world.keys[2], to: "sys/generate-root/update", nonce: nonce)
        #expect(late.error == "no root generation in progress")

        _ = try await begin(world)
        await world.vault.seal()
        let sealed = try await world.asRoot(.read, "sys/generate-root/attempt")
        #expect(sealed.status == 503 && sealed.error == "Vault is sealed")
        #expect(try await world.unseal(world.keys[..<3]).flag("sealed") == false)
        #expect(try await world.asRoot(.read, "sys/generate-root/attempt").flag("started") == false)
    }

    @Test func authenticatedSpellingAnswersInTheEnvelope() async throws {
        let world = try await CeremonyWorld()
        let begun = try await world.asRoot(.write, "sys/generate-root-token/attempt", [:])
        let nonce = try #require(begun.json["data"]?["nonce"]?.stringValue)
        let password = try #require(begun.json["data"]?["otp"]?.stringValue)
        let done = try await world.give(world.keys[..<3], to: "sys/generate-root-token/update", nonce: nonce)
        let encoded = try #require(done.json["data"]?["encoded_token"]?.stringValue)
        #expect(try await world.policies(of: try decode(encoded, password)) == ["root"])
    }

    @Test func tokenThatDoesNotFitItsPasswordIsNotDecoded() async throws {
        let world = try await CeremonyWorld()
        for (encoded, password) in [("", "abc"), ("YWJj", ""), ("YWJj", "abcd"), ("YWI=", "ab"), ("//8", "aa")] {
            let body: JSON = ["encoded_token": .string(encoded), "otp": .string(password)]
            #expect(try await world.send(.write, "sys/decode-token", body).status == 400)
        }
    }
}
