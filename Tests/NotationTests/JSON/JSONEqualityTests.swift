import Testing

@testable import Notation

@Suite struct JSONEqualityTests {
    @Test(arguments: [
        (#"{"a":1,"b":[1,"x",null]}"#, #"{"b":[1,"x",null],"a":1}"#), ("[]", "[]"), ("1.0", "1.0"),
        (#""\u0041""#, #""A""#),
    ])
    func sameSpellingIsIdentical(_ left: String, _ right: String) throws {
        let (left, right) = (try JSON(parsing: left), try JSON(parsing: right))
        #expect(left.isIdentical(to: right))
        #expect(left.isEquivalent(to: right))
    }

    @Test(arguments: [
        ("1", "2"), ("1", "\"1\""), ("0", "false"), ("null", "false"), ("[]", "{}"), ("[1,2]", "[2,1]"),
        ("[1]", "[1,1]"),
        (#"{"a":1}"#, #"{"b":1}"#), (#"{"a":1}"#, #"{"a":1,"b":2}"#), ("\"caf\u{E9}\"", "\"cafe\u{301}\""),
        ("{\"caf\u{E9}\":1}", "{\"cafe\u{301}\":1}"), ("12345678901234567890", "12345678901234567891"),
        ("9007199254740992", "9007199254740993"), ("1e400", "1e401"), ("1", "-1"), ("0.1", "0.10000000000000000001"),
        ("1e99999999999999999999", "2e99999999999999999999"),
    ])
    func differentValuesAreNeverEqual(_ left: String, _ right: String) throws {
        let (left, right) = (try JSON(parsing: left), try JSON(parsing: right))
        #expect(!left.isIdentical(to: right))
        #expect(!left.isEquivalent(to: right))
        #expect(!right.isEquivalent(to: left))
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "1e0"), ("100", "1E+2"), ("0.5", "5e-1"), ("0", "-0.0e7"), ("-12.50", "-1250e-2"),
        ("[1]", "[1.0]"), (#"{"a":1,"b":2}"#, #"{"b":2.0,"a":10e-1}"#), ("0e99999999999999999999", "0"),
        ("1e99999999999999999999", "1e99999999999999999999"), ("0.0001", "1e-4"),
    ])
    func otherSpellingsOfANumberAreEquivalent(_ left: String, _ right: String) throws {
        let (left, right) = (try JSON(parsing: left), try JSON(parsing: right))
        #expect(left.isEquivalent(to: right))
        #expect(right.isEquivalent(to: left))
    }

    @Test func otherSpellingsOfANumberAreNotIdentical() throws {
        #expect(!(try JSON(parsing: "1").isIdentical(to: try JSON(parsing: "1.0"))))
    }

    @Test func infiniteNumbersAreNotMade() {
        #expect(JSON.double(.infinity) == nil)
        #expect(JSON.double(.nan) == nil)
        #expect(JSON.double(1.5)?.doubleValue == 1.5)
        #expect(JSON.number("1e400").doubleValue == nil)
        #expect(JSON.number("9223372036854775808").intValue == nil)
        #expect(JSON.number("-9223372036854775808").intValue == .min)
    }
}
