import Testing

@testable import Notation

@Suite struct GoDurationTests {
    private static let second: Int64 = 1_000_000_000

    /// The units and the examples of Go's documentation of `time.ParseDuration`, and Vault's two further forms.
    static let readable: [(String, Int64)] = [
        ("", 0), ("0", 0), ("0s", 0), ("-0", 0), ("60", 60 * second), ("-1", -second), ("+5", 5 * second),
        ("007", 7 * second), ("1h30m", 5_400 * second), ("1.5h", 5_400 * second), ("300ms", 300_000_000),
        ("-1.5h", -5_400 * second), ("2h45m", 9_900 * second), ("30d", 2_592_000 * second), ("-1d", -86_400 * second),
        ("1us", 1_000), ("1\u{B5}s", 1_000), ("1\u{3BC}s", 1_000), ("1ns", 1), ("1.5ns", 1), (".5s", second / 2),
        ("1.s", second), ("1h1h", 7_200 * second), ("1s1h", 3_601 * second), ("0.000000001s", 1),
        ("0.100000000000000000000h", 360 * second), ("0.3333333333333333333333h", 1_200 * second - 1),
        ("9223372036s", 9_223_372_036 * second), ("9223372036", 9_223_372_036 * second),
        ("9223372036854775807ns", .max), ("-9223372036854775808ns", .min), ("106751d", 9_223_286_400 * second),
        ("9223372036.854775807s", .max), ("00000000000000000000000000001s", second),
    ]

    @Test(arguments: readable)
    func readsEveryFormVaultAccepts(_ text: String, _ nanoseconds: Int64) throws {
        #expect(try GoDuration(parsing: text).nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        ("-", GoDurationError.malformed), ("+", .malformed), (".s", .malformed), ("s", .malformed), ("h1", .malformed),
        ("1h-30m", .unknownUnit), ("--1", .malformed), (" 1s", .malformed), ("NaN", .malformed), ("1s ", .unknownUnit),
        ("1.5", .unknownUnit), ("1x", .unknownUnit), ("1S", .unknownUnit), ("1e9", .unknownUnit),
        ("1d12h", .unknownUnit),
        ("1.5d", .unknownUnit), ("1h 30m", .unknownUnit), ("1h30", .unknownUnit), ("0x10", .unknownUnit),
        ("1s\u{301}", .unknownUnit), ("\u{661}s", .malformed), ("1.5.5s", .unknownUnit), ("1e30", .unknownUnit),
        ("9223372036854775808ns", .outOfRange), ("-9223372036854775809ns", .outOfRange),
        ("9223372036854775807h", .outOfRange), ("9223372037", .outOfRange), ("9223372036854775807", .outOfRange),
        ("9223372036854775808", .outOfRange), ("-9223372036854775808", .outOfRange), ("106752d", .outOfRange),
        ("18446744073709551616d", .outOfRange), ("2562048h", .outOfRange), ("9223372036.854775808s", .outOfRange),
        (String(repeating: "9", count: 100_000), .outOfRange),
        (String(repeating: "9", count: 100_000) + "s", .outOfRange),
    ])
    func refusesTheRestWithoutTrapping(_ text: String, _ error: GoDurationError) {
        #expect(throws: error) { try GoDuration(parsing: text) }
    }

    @Test func aLongFractionIsTruncated() throws {
        #expect(try GoDuration(parsing: "0." + String(repeating: "9", count: 100_000) + "s").nanoseconds == 999_999_999)
    }

    /// The rows of `durationTests` in Go's `time_test.go`, and further values in the same form.
    static let printed: [(Int64, String)] = [
        (0, "0s"), (1, "1ns"), (1_100, "1.1\u{B5}s"), (2_200_000, "2.2ms"), (3_300_000_000, "3.3s"), (-second, "-1s"),
        (245 * second, "4m5s"), (245_001_000_000, "4m5.001s"), (18_367_001_000_000, "5h6m7.001s"),
        (480_000_000_001, "8m0.000000001s"), (.max, "2562047h47m16.854775807s"), (.min, "-2562047h47m16.854775808s"),
        (3_600 * second, "1h0m0s"), (1_800 * second, "30m0s"), (12_319 * second, "3h25m19s"),
        (2_764_800 * second, "768h0m0s"), (-1, "-1ns"), (999_999_999, "999.999999ms"), (60 * second, "1m0s"),
    ]

    @Test(arguments: printed)
    func printsLikeGo(_ nanoseconds: Int64, _ text: String) throws {
        let duration = GoDuration(nanoseconds: nanoseconds)
        #expect(duration.description == text)
        #expect(try GoDuration(parsing: text) == duration)
    }

    @Test(
        arguments: [
            -1, 0, 1 << 31, 1 << 53, .max, .min, 9_223_372_036, 9_223_372_037, -9_223_372_036, -9_223_372_037,
        ] as [Int64])
    func secondsOutOfRangeAreRefused(_ seconds: Int64) {
        let duration = GoDuration(seconds: seconds)
        #expect((duration == nil) == (seconds.magnitude > 9_223_372_036))
        #expect(duration.map(\.wholeSeconds) ?? seconds == seconds)
    }

    @Test func widerIntegersAreRefused() {
        #expect(GoDuration(seconds: UInt64.max) == nil)
        #expect(GoDuration(seconds: Int128.min) == nil)
    }

    @Test func arithmeticIsHeldInRange() {
        let one = GoDuration(nanoseconds: 1)
        #expect(GoDuration.max + one == .max)
        #expect(GoDuration.min + GoDuration(nanoseconds: -1) == .min)
        #expect(GoDuration.min - one == .min)
        #expect(GoDuration.zero - .min == .max)
        #expect(GoDuration.max * 2 == .max)
        #expect(GoDuration.max * -2 == .min)
        #expect(GoDuration.min * -1 == .max)
        #expect(one * -3 == GoDuration(nanoseconds: -3))
        #expect(GoDuration.min < GoDuration.zero && GoDuration.zero < GoDuration.max)
    }

    @Test func theStandardLibrarysDurationsAreHeldInRange() {
        #expect(GoDuration(.seconds(90)).description == "1m30s")
        #expect(GoDuration(.milliseconds(-1_500)).nanoseconds == -1_500_000_000)
        #expect(GoDuration(.seconds(Int64.max)) == .max)
        #expect(GoDuration(.seconds(Int64.min)) == .min)
        #expect(GoDuration(Duration(GoDuration.max)) == .max)
        #expect(GoDuration(Duration(GoDuration.min)) == .min)
    }

    @Test func errorsDoNotQuoteTheText() {
        #expect(throws: GoDurationError.unknownUnit) { try GoDuration(parsing: "1hunter2") }
        #expect("\(GoDurationError.unknownUnit)" == "missing or unknown unit in duration")
    }
}
