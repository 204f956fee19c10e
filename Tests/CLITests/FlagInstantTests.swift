import Notation
import Testing

@testable import vaultcli

@Suite struct FlagInstantTests {
    private static let now = Timestamp(seconds: 1_800_000_000, nanoseconds: 250_000_000)

    @Test(arguments: [
        ("2027-01-31T22:00:00+01:00", "2027-01-31T22:00:00+01:00"), ("2027-01-31", "2027-01-31T00:00:00Z"),
        // 1,800,000,000 seconds are 2027-01-15T08:00:00Z; a begun second counts as a whole one.
        ("+2h", "2027-01-15T10:00:01Z"), ("+30d", "2027-02-14T08:00:01Z"), ("-10m", "2027-01-15T07:50:01Z"),
        ("+90", "2027-01-15T08:01:31Z"), ("+750ms", "2027-01-15T08:00:01Z"), ("+0", "2027-01-15T08:00:01Z"),
    ])
    func timesAreAbsoluteOrFromNow(text: String, time: String) throws {
        #expect(try FlagInstant.parse(text, flag: "at", now: Self.now) == time)
    }

    @Test(arguments: [
        "", "+", "-", "2h", "+2x", "++2h", "+-2h", "tomorrow", "2027-13-01", "2027-02-29", "2027-01-31T22:00:00", "0",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        let failure = #expect(throws: Failure.self) { try FlagInstant.parse(text, flag: "until", now: Self.now) }
        #expect(failure?.message.hasPrefix("-until must be ") == true)
    }
}
