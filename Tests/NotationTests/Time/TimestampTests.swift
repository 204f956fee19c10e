import Testing

@testable import Notation

@Suite struct TimestampTests {
    /// The first four are the examples of RFC 3339 section 5.8, its leap seconds left out.
    static let readable: [(String, Int64, Int32)] = [
        ("1985-04-12T23:20:50.52Z", 482_196_050, 520_000_000), ("1996-12-19T16:39:57-08:00", 851_042_397, 0),
        ("1937-01-01T12:00:27.87+00:20", -1_041_337_173, 870_000_000), ("1970-01-01T00:00:00Z", 0, 0),
        ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999), ("2000-02-29T00:00:00Z", 951_782_400, 0),
        ("0001-01-01T00:00:00Z", -62_135_596_800, 0), ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
        ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
        ("2038-01-19T03:14:08Z", 2_147_483_648, 0), ("2026-01-01t00:00:00z", 1_767_225_600, 0),
        ("0000-01-01T00:00:00+23:59", -62_167_219_200 - 86_340, 0),
        ("2026-01-01T00:00:00.0000000019Z", 1_767_225_600, 1),
    ]

    @Test(arguments: readable)
    func readsRFC3339(_ text: String, _ seconds: Int64, _ nanoseconds: Int32) {
        #expect(Timestamp(parsing: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(arguments: [
        "", "2026", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-1-01T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+0000", "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z",
        "12026-01-01T00:00:00Z", "-026-01-01T00:00:00Z", "+026-01-01T00:00:00Z", "2026-01-01T00:00:00Z\u{301}",
        "2026-01-01T00:00:0\u{665}Z", "20a6-01-01T00:00:00Z", "2026/01/01T00:00:00Z",
    ])
    func refusesTheRest(_ text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    /// The layout Go documents for `time.RFC3339Nano`; the dates agree with Python's `datetime`.
    static let printed: [(Int64, Int32, String)] = [
        (0, 0, "1970-01-01T00:00:00Z"), (0, 1, "1970-01-01T00:00:00.000000001Z"),
        (0, 500_000_000, "1970-01-01T00:00:00.5Z"), (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
        (1_767_322_985, 120_000, "2026-01-02T03:03:05.00012Z"), (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        (253_402_300_800, 0, "10000-01-01T00:00:00Z"), (951_782_399, 0, "2000-02-28T23:59:59Z"),
    ]

    @Test(arguments: printed)
    func printsLikeGo(_ seconds: Int64, _ nanoseconds: Int32, _ text: String) {
        #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).description == text)
    }

    @Test func everyDayOfEightCenturiesSurvives() {
        var previous = Timestamp.unset.description
        for day in -146_097...146_097 as ClosedRange<Int64> {
            let instant = Timestamp(seconds: day * 86_400 + 86_399)
            let text = instant.description
            if Timestamp(parsing: text) != instant { Issue.record("day \(day) reads as another") }
            if !ByteOrder.precedes(previous, text) { Issue.record("day \(day) sorts wrongly") }
            previous = text
        }
    }

    @Test(arguments: [Int64.min, .min + 1, -1, 0, 1 << 31, 1 << 53, .max - 1, .max])
    func extremesNeverTrap(_ value: Int64) {
        for instant in [Timestamp(seconds: value), Timestamp(seconds: value, nanoseconds: 999_999_999)] {
            #expect(!instant.description.isEmpty)
            for duration in [GoDuration.min, .max, .zero, GoDuration(nanoseconds: -1), GoDuration(nanoseconds: 1)] {
                let sum = instant.adding(duration)
                #expect(duration.isNegative ? sum <= instant : sum >= instant)
                #expect((0..<1_000_000_000).contains(sum.nanoseconds))
            }
            #expect(instant.since(instant) == .zero)
            #expect(instant.since(.earliest) >= .zero)
            #expect(instant.since(.latest) <= .zero)
        }
        #expect(Timestamp(nanosecondsSinceEpoch: value).nanosecondsSinceEpoch == value)
    }

    @Test func nanosecondsAreHeldInRange() {
        #expect(Timestamp(seconds: 1, nanoseconds: .max).nanoseconds == 999_999_999)
        #expect(Timestamp(seconds: 1, nanoseconds: -1).nanoseconds == 0)
        #expect(Timestamp.latest.nanosecondsSinceEpoch == .max)
        #expect(Timestamp.earliest.nanosecondsSinceEpoch == .min)
        #expect(Timestamp(nanosecondsSinceEpoch: -1) == Timestamp(seconds: -1, nanoseconds: 999_999_999))
    }

    @Test func addingIsHeldInRange() throws {
        #expect(Timestamp.latest.adding(.max) == .latest)
        #expect(Timestamp.earliest.adding(.min) == .earliest)
        let instant = Timestamp(seconds: 10, nanoseconds: 900_000_000)
        #expect(instant.adding(try GoDuration(parsing: "200ms")) == Timestamp(seconds: 11, nanoseconds: 100_000_000))
        #expect(instant.adding(try GoDuration(parsing: "-1s")) == Timestamp(seconds: 9, nanoseconds: 900_000_000))
        #expect(instant.adding(try GoDuration(parsing: "-950ms")) == Timestamp(seconds: 9, nanoseconds: 950_000_000))
    }

    @Test func differencesAreSignedAndHeldInRange() {
        let (early, late) = (Timestamp(seconds: 1, nanoseconds: 900_000_000), Timestamp(seconds: 3))
        #expect(late.since(early).description == "1.1s")
        #expect(early.since(late).description == "-1.1s")
        #expect(Timestamp.latest.since(.earliest) == .max)
        #expect(Timestamp.earliest.since(.latest) == .min)
        #expect(early < late && !(late < early))
    }

    @Test func theClockRunsForwardFromThisCentury() {
        let now = Timestamp.now()
        #expect(now > Timestamp(seconds: 1_700_000_000))
        #expect(Timestamp(parsing: now.description) == now)
    }
}
