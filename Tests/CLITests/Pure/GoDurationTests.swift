import Testing
@testable import vaultcli

@Suite struct GoDurationTests {
    /// Spellings and results of Go's `time.ParseDuration` and `Duration.String` (package time, documentation).
    @Test(arguments: [
        ("90", "1m30s"), ("5m", "5m0s"), ("1h", "1h0m0s"), ("3h25m19s", "3h25m19s"), ("1.5h", "1h30m0s"),
        ("0", "0s"), ("-1s", "-1s"), ("250ms", "250ms"), ("1500ms", "1.5s"), ("2d", "48h0m0s"), ("1500us", "1.5ms"),
    ])
    func readsAndPrintsAsGoDoes(text: String, printed: String) {
        #expect(GoDuration(text)?.text == printed)
    }

    @Test(arguments: [("5m", "5m"), ("1h", "1h"), ("768h", "768h"), ("90", "1m30s"), ("0", "0s"), ("1h5m", "1h5m")])
    func dropsZeroPartsForPeople(text: String, printed: String) {
        #expect(GoDuration(text)?.humanText == printed)
    }

    @Test(arguments: ["", "-", "m", "1x", "1h-", "--1", "9223372036854775807", "1e400s", "99999999999h"])
    func refusesWhatIsNoDuration(text: String) {
        #expect(GoDuration(text) == nil)
    }
}
