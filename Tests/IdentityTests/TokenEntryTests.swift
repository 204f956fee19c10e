import EngineKit
import Identity
import Notation
import Testing

/// The stored form of a token's record.
@Suite struct TokenEntryTests {
    static var full: TokenEntry {
        var entry = TokenEntry()
        entry.type = .service
        entry.accessor = "accessor"
        entry.parent = "0a0b"
        entry.policies = ["a", "default"]
        entry.path = "auth/token/create/web"
        entry.displayName = "token-caf\u{301}\"e"
        entry.metadata = [("team", "a\nb"), ("empty", "")]
        entry.remainingUses = 3
        entry.creationTime = Timestamp(seconds: 1_700_000_000, nanoseconds: 123_456_789)
        entry.creationTTL = 60
        entry.expiry = .at(Timestamp(seconds: 1_700_000_060, nanoseconds: 1))
        entry.explicitMaxTTL = 600
        entry.period = 30
        entry.isRenewable = true
        entry.lastRenewal = Timestamp(seconds: 1_700_000_001)
        entry.boundCIDRs = ["10.0.0.0/8"]
        entry.role = "web"
        entry.entityID = "entity"
        return entry
    }

    @Test func recordIsReadBackAsItWasStored() throws {
        let bytes = Self.full.encoded()
        let back = try #require(TokenEntry(decoding: bytes))
        #expect(back.encoded() == bytes)
        #expect(back.expiry == Self.full.expiry && back.creationTime == Self.full.creationTime)
        #expect(back.remainingUses == 3 && back.boundCIDRs == ["10.0.0.0/8"] && back.policies == ["a", "default"])
        #expect(back.metadata?.map(\.value) == ["a\nb", ""])
        #expect(back.displayName.utf8.elementsEqual(Self.full.displayName.utf8))
    }

    @Test func everyFieldMakesADifference() throws {
        let object = try #require(try JSON(parsing: Self.full.encoded()).objectValue)
        #expect(object.members.count == 18)
        for member in object.members {
            var without = object
            without[member.name] = nil
            let back = TokenEntry(decoding: JSON.object(without).serialized())
            #expect(back?.encoded() != Self.full.encoded(), "\(member.name)")
        }
    }

    @Test(arguments: [#""soon""#, "null", "7", "[]", #""""#, #""9999-99-99T00:00:00Z""#])
    func unreadableExpiryIsDead(text: String) throws {
        var object = try #require(try JSON(parsing: Self.full.encoded()).objectValue)
        object["e"] = try JSON(parsing: Array(text.utf8))
        object["o"] = ["root"]
        let entry = try #require(TokenEntry(decoding: JSON.object(object).serialized()))
        #expect(entry.expiry != .never)
        #expect(!entry.isAlive(at: Self.full.creationTime))
    }

    @Test(arguments: [
        ("u", "-1"), ("u", "null"), ("u", #""3""#), ("u", "1e30"), ("b", "null"), ("b", #""10.0.0.0/8""#), ("b", "[7]"),
    ])
    func unreadableLimitIsNoToken(name: String, text: String) throws {
        var object = try #require(try JSON(parsing: Self.full.encoded()).objectValue)
        object[name] = try JSON(parsing: Array(text.utf8))
        #expect(TokenEntry(decoding: JSON.object(object).serialized()) == nil)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"t":"service"}"#, #"{"t":"other","a":"","p":"","o":[],"r":"","c":"x"}"#,
    ])
    func otherBytesAreNoToken(text: String) {
        #expect(TokenEntry(decoding: Array(text.utf8)) == nil)
    }

    @Test func onlyRootLivesWithoutAnEnd() {
        var entry = TokenEntry()
        entry.policies = ["default"]
        #expect(!entry.isAlive(at: TokenWorld.start))
        entry.policies = ["root"]
        #expect(entry.isAlive(at: .latest))
        entry.expiry = .at(TokenWorld.start)
        #expect(!entry.isAlive(at: TokenWorld.start) && entry.isAlive(at: .epoch))
    }

    @Test func remainingTimeIsRoundedUpAndNeverNegative() {
        var entry = TokenEntry()
        entry.expiry = .at(TokenWorld.time(10))
        #expect(entry.remainingSeconds(at: TokenWorld.time(0)) == 10)
        #expect(entry.remainingSeconds(at: TokenWorld.time(9.5)) == 1)
        #expect(entry.remainingSeconds(at: TokenWorld.time(10)) == 0)
        #expect(entry.remainingSeconds(at: .latest) == 0)
        entry.expiry = .at(.latest)
        #expect(entry.remainingSeconds(at: .earliest) > 0)
    }
}
