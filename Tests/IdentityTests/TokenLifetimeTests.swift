import EngineKit
import Identity
import Notation
import Testing

/// How long tokens live, at creation and at renewal.
@Suite struct TokenLifetimeTests {
    /// What is given, what has passed, and what is granted; all in seconds.
    struct Row: Sendable, CustomTestStringConvertible {
        var requested = 0
        var mountDefault = 100
        var mountMax = 1_000
        var roleMax = 0
        var explicitMax = 0
        var period = 0
        var elapsed = 0.0
        let granted: Int
        var isCapped = false

        var testDescription: String {
            "\(requested) of \(mountDefault)/\(mountMax)/\(roleMax)/\(explicitMax) every \(period) after \(elapsed)"
        }
    }

    static let rows: [Row] = [
        Row(granted: 100),
        Row(requested: 7, granted: 7),
        Row(requested: 1_000, granted: 1_000),
        Row(requested: 1_001, granted: 1_000, isCapped: true),
        Row(mountDefault: 1_001, granted: 1_000, isCapped: true),
        Row(requested: 50, roleMax: 20, granted: 20, isCapped: true),
        Row(requested: 50, roleMax: 20, explicitMax: 10, granted: 10, isCapped: true),
        Row(explicitMax: 30, granted: 30, isCapped: true),
        Row(requested: 50, elapsed: 990, granted: 10, isCapped: true),
        Row(elapsed: 990, granted: 10, isCapped: true),
        Row(requested: 10, elapsed: 990, granted: 10),
        // Time that has begun is gone: with half a second left there is nothing to grant.
        Row(requested: 3, explicitMax: 3, elapsed: 2.5, granted: 0, isCapped: true),
        Row(requested: 3, explicitMax: 3, elapsed: 2.000001, granted: 0, isCapped: true),
        Row(requested: 3, explicitMax: 3, elapsed: 2, granted: 1, isCapped: true),
        Row(requested: 3, explicitMax: 3, elapsed: 5_000, granted: 0, isCapped: true),
        Row(period: 60, granted: 60),
        Row(requested: 10, period: 60, granted: 60),
        Row(period: 60, elapsed: 100_000, granted: 60),
        Row(period: 6_000, granted: 1_000),
        Row(roleMax: 10, period: 60, elapsed: 100_000, granted: 60),
        Row(explicitMax: 100, period: 60, elapsed: 30, granted: 60),
        Row(explicitMax: 100, period: 60, elapsed: 70, granted: 30),
        Row(explicitMax: 100, period: 60, elapsed: 99.5, granted: 0),
        Row(explicitMax: 100, period: 60, elapsed: 500, granted: 0),
    ]

    @Test(arguments: rows) func lifetimeIsWhatIsAskedForWithinAllLimits(row: Row) {
        let grant = TokenLifetime(
            requested: row.requested, mountDefault: row.mountDefault, mountMax: row.mountMax, roleMax: row.roleMax,
            explicitMax: row.explicitMax, period: row.period
        ).grant(created: TokenWorld.start, now: TokenWorld.time(row.elapsed))
        #expect(grant.seconds == row.granted)
        #expect(grant.warnings.isEmpty != row.isCapped)
    }

    @Test func cappedLifetimeIsWarnedOf() {
        let grant = TokenLifetime(requested: 2_880_000, mountDefault: 1, mountMax: 2_764_800)
            .grant(created: TokenWorld.start, now: TokenWorld.start)
        #expect(
            grant.warnings == [
                "TTL of \"800h0m0s\" exceeded the effective max_ttl of \"768h0m0s\"; TTL value is capped accordingly"
            ])
    }

    @Test func extremesNeitherTrapNorGrantTooMuch() {
        let values = [Int.min, -1, 0, 1, 3, 2_764_800, Int(Int32.max), Int.max - 1, Int.max]
        let times = [Timestamp.earliest, TokenWorld.start, .latest, Timestamp(seconds: -1), .epoch]
        for requested in values {
            for limit in values where limit > 0 {
                for now in times {
                    let grant = TokenLifetime(
                        requested: requested, mountDefault: limit, mountMax: limit, explicitMax: limit,
                        period: requested
                    ).grant(created: TokenWorld.start, now: now)
                    #expect((0...limit).contains(grant.seconds))
                }
            }
        }
    }

    /// The seeds of the random sequences of renewals.
    static let seeds = Array(UInt64(1)...200)

    /// Renewals at random moments, most of them just before the end, never make a token outlive its maximum, and
    /// nothing that has run out becomes endless.
    @Test(arguments: seeds) func renewalsNeverOutliveTheMaximum(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let maximum = Int.random(in: 1...20, using: &random)
        let world = TokenWorld(maxTTL: 600)
        let root = try await world.root()
        let period = Bool.random(using: &random) ? Int.random(in: 1...30, using: &random) : 0
        let made = try await world.call(
            "create",
            [
                "policies": ["p"], "explicit_max_ttl": .integer(maximum), "period": .integer(period),
                "ttl": .integer(Int.random(in: 0...30, using: &random)),
            ], as: root)
        let token = try made.token
        var now = 0.0
        while now < Double(maximum) + 2 {
            now += [0.001, 0.01, 0.49, 0.999, 1, 1.5].randomElement(using: &random) ?? 1
            guard let before = try await world.find(token, at: now) else { break }
            #expect(before.expiry != .never)
            let renewed = try await world.call(
                "renew-self", ["increment": .integer(Int.random(in: 0...30, using: &random))], as: token, at: now)
            #expect(try #require(renewed.auth).leaseDuration > 0)
            guard case .at(let end)? = try await world.find(token, at: now)?.expiry else {
                Issue.record("a renewed token has no end")
                return
            }
            #expect(end <= TokenWorld.time(Double(maximum)))
        }
        #expect(try await world.find(token, at: Double(maximum)) == nil)
        #expect(try await world.call("lookup-self", as: token, at: Double(maximum)).status == 403)
    }
}

/// A small generator with a seed (SplitMix64, Steele and others 2014), so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
