import Notation
import Testing

@testable import vaultcli

@Suite struct FlagConditionTests {
    private func json(_ text: String) throws -> String {
        String(decoding: try FlagCondition.parse(text).serialized(), as: UTF8.self)
    }

    @Test(arguments: [
        ("is_beta_user=true", #"{"attribute":"is_beta_user","operator":"equals","values":[true]}"#),
        ("plan = pro", #"{"attribute":"plan","operator":"equals","values":["pro"]}"#),
        ("plan==\"3\"", #"{"attribute":"plan","operator":"equals","values":["3"]}"#),
        ("plan=", #"{"attribute":"plan","operator":"equals","values":[""]}"#),
        ("a=b=c", #"{"attribute":"a","operator":"equals","values":["b=c"]}"#),
        ("plan!=free", #"{"attribute":"plan","operator":"equals","values":["free"],"negate":true}"#),
        ("country in US, CA", #"{"attribute":"country","operator":"in","values":["US","CA"]}"#),
        ("n in 1,\"1\",x", #"{"attribute":"n","operator":"in","values":[1,"1","x"]}"#),
        (#"city in ["Paris, TX","Rome"]"#, #"{"attribute":"city","operator":"in","values":["Paris, TX","Rome"]}"#),
        ("country not_in US", #"{"attribute":"country","operator":"in","values":["US"],"negate":true}"#),
        ("country not in US", #"{"attribute":"country","operator":"in","values":["US"],"negate":true}"#),
        ("app.build > 120", #"{"attribute":"app.build","operator":"greater","values":[120]}"#),
        ("/app/build<=1.50", #"{"attribute":"/app/build","operator":"less_or_equal","values":[1.50]}"#),
        ("mail ends_with @x.org", #"{"attribute":"mail","operator":"ends_with","values":["@x.org"]}"#),
        ("id starts_with 12", #"{"attribute":"id","operator":"starts_with","values":["12"]}"#),
        ("q contains a=b, c", #"{"attribute":"q","operator":"contains","values":["a=b, c"]}"#),
        (
            "v semver_greater_or_equal 2.10",
            #"{"attribute":"v","operator":"semver_greater_or_equal","values":["2.10"]}"#
        ),
        ("ip cidr 10.0.0.0/8,::1/128", #"{"attribute":"ip","operator":"cidr","values":["10.0.0.0/8","::1/128"]}"#),
        ("name matches ^[a-z]+$", #"{"attribute":"name","operator":"matches","values":["^[a-z]+$"]}"#),
        (
            "$time after 2027-01-01T00:00:00Z",
            #"{"attribute":"$time","operator":"after","values":["2027-01-01T00:00:00Z"]}"#
        ),
        ("plan exists", #"{"attribute":"plan","operator":"exists"}"#),
        ("plan missing", #"{"attribute":"plan","operator":"exists","negate":true}"#),
        ("segment:beta", #"{"segment":"beta"}"#), ("!segment:beta", #"{"segment":"beta","negate":true}"#),
    ])
    func readsWhatPeopleWrite(text: String, condition: String) throws {
        #expect(try json(text) == condition)
    }

    @Test(arguments: [
        "", "=x", "country", "country IN US", "country near US", "a > x", "a >", "a in", "a exists now", "segment:",
        "segment:a b", "a not",
    ])
    func refusesWhatIsNoCondition(text: String) {
        #expect(throws: Failure.self) { try FlagCondition.parse(text) }
    }

    @Test(arguments: [
        "is_beta_user=true", "plan=pro", #"plan="3""#, "plan!=free", "country in US,CA", #"n in 1,"1",x"#,
        #"city in ["Paris, TX","Rome"]"#, "country not_in US", "build > 120", "build not_less 5",
        "mail ends_with @x.org",
        "ip cidr 10.0.0.0/8,::1/128", "plan exists", "plan not_exists", "segment:beta", "!segment:beta",
        "$time before 1.5",
    ])
    func showsConditionsAsTheyAreTyped(text: String) throws {
        #expect(FlagCondition.text(try FlagCondition.parse(text)) == text)
    }

    @Test func refusalNamesTheOperators() {
        #expect {
            try FlagCondition.parse("country near US")
        } throws: { ($0 as? Failure)?.message.contains("starts_with") ?? false }
    }

    @Test func whatCannotBeTypedIsShownAsJSON() {
        #expect(FlagCondition.text(["attribute": "a", "operator": "new"]) == #"{"attribute":"a","operator":"new"}"#)
    }
}
