import EngineKit
import FlagEngine
import Notation
import Testing

/// Properties of buckets over 100,000 ids, whose buckets are made once.
@Suite struct RolloutTests {
    private static let count = 100_000
    private static let buckets = Dictionary(
        uniqueKeysWithValues: ["one", "two"].map { salt in
            (salt, (0..<count).map { BucketHash.blake2b.bucket(salt: salt, value: "user-\($0)") })
        })

    private func buckets(_ salt: String) throws -> [Int] { try #require(Self.buckets[salt]) }

    @Test func fillEveryTenthEvenly() throws {
        var counts = [Int](repeating: 0, count: 10)
        for bucket in try buckets("one") { counts[bucket / 10_000] += 1 }
        // The standard deviation of each is 95.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "\(counts)")
        let chiSquare = counts.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
        // Nine degrees of freedom: 27.9 is passed once in a thousand salts.
        #expect(chiSquare < 27.9)
    }

    @Test func areIndependentBetweenSalts() throws {
        var table = [Int](repeating: 0, count: 100)
        for (first, second) in zip(try buckets("one"), try buckets("two")) {
            table[first / 10_000 * 10 + second / 10_000] += 1
        }
        let chiSquare = table.reduce(0.0) { $0 + Double(($1 - 1_000) * ($1 - 1_000)) / 1_000 }
        // 99 degrees of freedom: 148.2 is passed once in a thousand pairs of salts.
        #expect(chiSquare < 148.2)
    }

    @Test func neverTakeAnybodyBackWhenAShareGrows() throws {
        let ids = stride(from: 0, to: Self.count, by: 25)
        var previous: Set<Int> = []
        for percent in ["0", "0.001", "0.5", "1", "10", "25", "33.333", "50", "99.999", "100"] {
            var world = FlagWorld()
            try world.flag("f", #"{"on":true,"fallthrough":{"percent":\#(percent),"variation":"on"}}"#, salt: "one")
            let set = world.set
            let served = try Set(
                ids.filter { id in
                    let context = try context(#"{"targetingKey":"user-\#(id)"}"#)
                    return set.evaluate("f", context: context, now: FlagWorld.now).boolValue == true
                })
            #expect(served.isSuperset(of: previous), "at \(percent) percent")
            previous = served
        }
        #expect(previous.count == Self.count / 25)
    }

    @Test func giveEveryVariationItsShare() throws {
        let shares =
            #"[{"variation":"red","weight":12500},{"variation":"green","weight":60000},"#
            + #"{"variation":"blue","weight":27500}]"#
        var world = FlagWorld()
        try world.flag(
            "f", #"{"on":true,"off_variation":"red","fallthrough":{"split":\#(shares)}}"#, FlagWorld.threeColours,
            salt: "two")
        let set = world.set
        var counts: [String: Int] = [:]
        let all = try buckets("two")
        for id in stride(from: 0, to: Self.count, by: 10) {
            let evaluation = set.evaluate(
                "f", context: try context(#"{"targetingKey":"user-\#(id)"}"#), now: FlagWorld.now)
            #expect(evaluation.bucket == all[id])
            counts[evaluation.variation ?? "", default: 0] += 1
        }
        // Standard deviations of 10,000 draws: 33, 49 and 45.
        #expect(abs((counts["red"] ?? 0) - 1_250) < 165)
        #expect(abs((counts["green"] ?? 0) - 6_000) < 245)
        #expect(abs((counts["blue"] ?? 0) - 2_750) < 225)
    }

    @Test func areTheSameEachTime() throws {
        for id in 0..<1_000 {
            #expect(try buckets("one")[id] == BucketHash.blake2b.bucket(salt: "one", value: "user-\(id)"))
        }
    }
}
