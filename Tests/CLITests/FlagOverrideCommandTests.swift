import Testing

@testable import vaultcli

@Suite struct FlagOverrideCommandTests {
    private static let answers = [
        "POST http://vault.test/v1/flags/overrides": [
            (
                status: 200,
                body: #"{"lease_id":"flags/overrides/7","data":{"id":"ov-1","expire_time":"2026-11-29T10:00:00Z"}}"#
            )
        ]
    ]

    @Test func sendsWhoGetsWhatForHowLongAndWhy() async {
        let run = await Transcript.run(
            "flag", "override", "shop", "user-7", "on", "-env=prod", "-ttl=30m", "-reason=incident 7", "-kind=device",
            answers: Self.answers)
        #expect(run.status == 0)
        #expect(
            run.requests.last?.body == #"{"environment":"prod","flag":"shop","targeting_key":"user-7","#
                + #""variation":"on","kind":"device","ttl":"30m","reason":"incident 7"}"#)
        #expect(
            run.output == "Success! user-7 gets on of shop in prod until 2026-11-29T10:00:00Z, "
                + "or until lease flags/overrides/7 ends\n")
    }

    @Test func needsAnEnvironment() async {
        let run = await Transcript.run("flag", "override", "shop", "user-7", "on")
        #expect(run.status == 1 && run.requests.isEmpty)
    }
}
