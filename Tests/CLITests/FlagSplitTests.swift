import Notation
import Testing

@testable import vaultcli

@Suite struct FlagSplitTests {
    @Test(arguments: [
        ("0", 0, "0%"), ("25%", 25_000, "25%"), ("12.5", 12_500, "12.5%"), ("0.001%", 1, "0.001%"),
        ("100", 100_000, "100%"), ("100.000%", 100_000, "100%"), ("007", 7_000, "7%"), ("33.330", 33_330, "33.33%"),
    ])
    func percentIsExact(text: String, thousandths: Int, shown: String) throws {
        let percent = try #require(Percent(text))
        #expect(percent.thousandths == thousandths)
        #expect(percent.text == shown)
    }

    @Test(arguments: [
        "", "%", "-1", "+1", "100.001", "101", "1.2345", "1.", ".5", "1e1", "1,5", "25%%", "9999999999999",
    ])
    func whatIsNoPercentIsRefused(text: String) {
        #expect(Percent(text) == nil)
    }

    /// Variations and weights as `on:25000 off:75000`; one with all is `on`.
    private func serve(_ text: String) -> JSON {
        let parts = text.split(separator: " ").map { $0.split(separator: ":").map(String.init) }
        if parts.count == 1 { return ["variation": .string(parts[0][0])] }
        return ["split": .array(parts.map { ["variation": .string($0[0]), "weight": .number($0[1])] })]
    }

    @Test(arguments: [
        // Growing: those behind give first, then those before; the order stays.
        ("off", "on", "5", "on:5000 off:95000"),
        ("on:5000 off:95000", "on", "25", "on:25000 off:75000"),
        ("off:95000 on:5000", "on", "25", "off:75000 on:25000"),
        ("a:20000 on:10000 b:30000 c:40000", "on", "50", "a:20000 on:50000 b:0 c:30000"),
        ("a:50000 b:30000 on:20000", "on", "60", "a:40000 b:0 on:60000"),
        ("blue", "on", "25", "on:25000 blue:75000"),
        ("a:60000 b:40000", "on", "10", "on:10000 a:50000 b:40000"),
        // Shrinking: the neighbour gets what is given up.
        ("on:25000 off:75000", "on", "5", "on:5000 off:95000"),
        ("on", "on", "25", "on:25000 off:75000"),
        ("off:75000 on:25000", "on", "10", "off:90000 on:10000"),
        ("on:50000 b:30000 c:20000", "on", "40", "on:40000 b:40000 c:20000"),
        // Everyone and nobody need no split.
        ("on:25000 off:75000", "on", "100", "on"), ("on:25000 off:75000", "on", "0", "off"), ("on", "on", "100", "on"),
        ("on", "on", "0", "off"),
        ("on:33333 off:66667", "on", "33.334", "on:33334 off:66666"),
    ])
    func shareChangesAtTheCostOfNeighbours(before: String, variation: String, percent: String, after: String) throws {
        let share = try #require(Percent(percent))
        let split = try #require(FlagSplit(serve(before))?.giving(variation, share, others: "off"))
        #expect(split.json.serialized() == serve(after).serialized())
        #expect(split.shares.reduce(0) { $0 + $1.weight } == 100_000)
    }

    /// Every bucket of the variation stays with it while its share grows, whatever the order.
    @Test(arguments: ["on:1000 off:99000", "off:99000 on:1000", "a:500 on:1000 b:98500"])
    func growingKeepsWhoHasIt(before: String) throws {
        var split = try #require(FlagSplit(serve(before)))
        for percent in [2, 10, 50, 99, 100] {
            let earlier = range(of: "on", in: split)
            split = try #require(split.giving("on", Percent(thousandths: percent * 1_000), others: nil))
            #expect(range(of: "on", in: split).contains(earlier.lowerBound))
            #expect(range(of: "on", in: split).upperBound >= earlier.upperBound)
        }
    }

    private func range(of variation: String, in split: FlagSplit) -> Range<Int> {
        var start = 0
        for share in split.shares {
            if share.variation == variation { return start..<(start + share.weight) }
            start += share.weight
        }
        return start..<start
    }

    @Test func aloneNeedsSomethingForTheOthers() throws {
        let split = try #require(FlagSplit(serve("off")))
        #expect(split.giving("off", Percent(thousandths: 5_000), others: "off") == nil)
        #expect(split.giving("off", Percent(thousandths: 5_000), others: nil) == nil)
    }

    @Test func wrongSplitsAreNotRead() {
        #expect(FlagSplit(serve("on:1 off:2")) == nil)
        #expect(FlagSplit(serve("on:-1 off:100001")) == nil)
        #expect(FlagSplit(["percent": 10, "variation": "on"]) == nil)
        #expect(FlagSplit(nil) == nil)
    }

    @Test func shownForPeople() {
        #expect(FlagServeText.text(serve("on:12500 off:87500")) == "on 12.5%, off 87.5%")
        #expect(FlagServeText.text(serve("on")) == "on")
    }
}
