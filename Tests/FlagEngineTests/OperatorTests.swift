import FlagEngine
import Notation
import Testing

@Suite struct OperatorTests {
    /// An operator with its values, and attributes for which it holds, does not hold, and which it cannot use.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let values: String
        let yes: [String]
        let no: [String]
        let unusable: [String]

        init(_ name: String, _ values: String, yes: [String], no: [String], unusable: [String] = []) {
            (self.name, self.values, self.yes, self.no, self.unusable) = (name, values, yes, no, unusable)
        }

        var testDescription: String { "\(name) \(values)" }
    }

    static let rows = [
        Row(
            "equals", #"["x"]"#, yes: [#""x""#, #"["y","x"]"#], no: [#""X""#, #""""#, "[]"],
            unusable: ["1", "{}", "[1]"]),
        Row(
            "equals", "[1]", yes: ["1", "1.0", "10e-1", "0.1e1"], no: ["2", "-1", "1.0000000000000000001"],
            unusable: [#""1""#, "true"]),
        Row("equals", "[true]", yes: ["true"], no: ["false"], unusable: ["1", #""true""#]),
        Row("equals", "[9007199254740993]", yes: ["9007199254740993", "9007199254740993.0"], no: ["9007199254740992"]),
        Row(
            "equals", "[123456789012345678901]", yes: ["123456789012345678901", "1.23456789012345678901e20"],
            no: ["123456789012345678900", "1"]),
        Row(
            "in", #"["US","CA",7,false]"#, yes: [#""CA""#, "7", "7.00", "false", #"["DE","US"]"#],
            no: [#""DE""#, "8", "true"], unusable: ["{}", "[{}]"]),
        Row(
            "contains", #"["bb","cc"]"#, yes: [#""abba""#, #""cc""#, #"["x","acca"]"#], no: [#""b""#, #""""#],
            unusable: ["5", "true"]),
        Row("starts_with", #"["ab"]"#, yes: [#""abc""#, #""ab""#], no: [#""a""#, #""cab""#], unusable: ["5"]),
        Row("ends_with", #"["ab"]"#, yes: [#""cab""#, #""ab""#], no: [#""b""#, #""abc""#], unusable: ["5"]),
        Row(
            "less", "[5]", yes: ["4", "-1e99", "4.999999999999999999999"], no: ["5", "5.0", "6", "1e99"],
            unusable: [#""4""#, "true"]),
        Row("less_or_equal", "[5]", yes: ["4", "5", "5.000"], no: ["5.0000000000000000000001"], unusable: [#""4""#]),
        Row(
            "greater", "[9007199254740992]", yes: ["9007199254740993", "9007199254740992.5"],
            no: ["9007199254740992", "0"], unusable: [#""x""#]),
        Row(
            "greater_or_equal", "[-2.5]", yes: ["-2.5", "-2.50", "0", "[-9,3]"], no: ["-2.51", "-3"],
            unusable: ["[]".isEmpty ? "" : #""x""#]),
        Row(
            "before", #"["2026-01-01T00:00:00Z"]"#,
            yes: [#""2025-12-31T23:59:59Z""#, #""2026-01-01T00:30:00+01:00""#, "1767225599", "1767225599.999"],
            no: [#""2026-01-01T00:00:00Z""#, "1767225600"], unusable: [#""yesterday""#, "true"]),
        Row(
            "after", "[1767225600]",
            yes: [#""2026-01-01T00:00:00.000000001Z""#, "1767225600.000000001", "253402300799"],
            no: ["1767225600", "-5"], unusable: [#""2026-01-01""#]),
        Row(
            "semver_equals", #"["1.2.3","2.0.0-rc.1"]"#, yes: [#""1.2.3""#, #""1.2.3+build.7""#, #""2.0.0-rc.1""#],
            no: [#""1.2.4""#, #""2.0.0""#], unusable: [#""1.2""#, #""v1.2.3""#, #""01.2.3""#, "1"]),
        Row(
            "semver_less", #"["1.10.0"]"#, yes: [#""1.9.9""#, #""1.10.0-alpha""#], no: [#""1.10.0""#, #""1.10.1""#],
            unusable: [#""x""#]),
        Row("semver_less_or_equal", #"["1.10.0"]"#, yes: [#""1.10.0+x""#], no: [#""1.10.1-a""#]),
        Row(
            "semver_greater", #"["1.10.0-rc.2"]"#, yes: [#""1.10.0""#, #""1.10.0-rc.10""#],
            no: [#""1.10.0-rc.2""#, #""1.10.0-rc.1""#]),
        Row(
            "semver_greater_or_equal", #"["1.0.0"]"#, yes: [#""1.0.0""#, #""99999999999999999999.0.0""#],
            no: [#""1.0.0-0""#]),
        Row(
            "cidr", #"["10.0.0.0/8","2001:db8::/32"]"#,
            yes: [#""10.1.2.3""#, #""::ffff:10.9.9.9""#, #""2001:db8:1::7""#],
            no: [#""11.0.0.1""#, #""2001:db9::""#, #""::a01:203""#], unusable: [#""10.0.0""#, #""010.0.0.1""#, "10"]),
        Row("matches", #"["^a+$","x[0-9]"]"#, yes: [#""aaa""#, #""..x7""#], no: [#""ab""#, #""""#], unusable: ["5"]),
    ]

    @Test(arguments: rows) func holdsAndIsNegated(row: Row) throws {
        let plain = #"{"attribute":"a","operator":"\#(row.name)","values":\#(row.values)}"#
        let negated = #"{"attribute":"a","operator":"\#(row.name)","values":\#(row.values),"negate":true}"#
        let alias = #"{"attribute":"a","operator":"not_\#(row.name)","values":\#(row.values)}"#
        for (attributes, isTrue, isUsable) in [
            (row.yes, true, true), (row.no, false, true), (row.unusable, false, false),
        ] {
            for attribute in attributes {
                let body = #"{"a":\#(attribute)}"#
                #expect(try holds(plain, body) == (isTrue && isUsable), "\(attribute)")
                #expect(try holds(negated, body) == (!isTrue && isUsable), "not \(attribute)")
                #expect(try holds(alias, body) == (!isTrue && isUsable), "not \(attribute)")
            }
        }
    }

    @Test(arguments: rows) func holdsNeitherWayWithoutTheAttribute(row: Row) throws {
        for negate in [false, true] {
            for body in ["{}", #"{"a":null}"#, #"{"b":1}"#] {
                let condition =
                    #"{"attribute":"a","operator":"\#(row.name)","values":\#(row.values),"negate":\#(negate)}"#
                #expect(try !holds(condition, body))
            }
        }
    }

    @Test(arguments: [
        ("{}", false), (#"{"a":null}"#, false), (#"{"a":0}"#, true), (#"{"a":""}"#, true), (#"{"a":[]}"#, true),
        (#"{"a":{}}"#, true),
    ])
    func existsIsTheOneThatCanBeNegatedWithoutTheAttribute(body: String, isThere: Bool) throws {
        #expect(try holds(#"{"attribute":"a","operator":"exists"}"#, body) == isThere)
        #expect(try holds(#"{"attribute":"a","operator":"exists","negate":true}"#, body) == !isThere)
        #expect(try holds(#"{"attribute":"a","operator":"missing"}"#, body) == !isThere)
    }

    @Test func doesNotMatchTextsBeyondTheLimitOfExpressions() throws {
        let condition = #"{"attribute":"a","operator":"matches","value":"a$"}"#
        let limit = RegularExpression.greatestSubject
        #expect(try holds(condition, #"{"a":"\#(String(repeating: "a", count: limit))"}"#))
        #expect(try !holds(condition, #"{"a":"\#(String(repeating: "a", count: limit + 1))"}"#))
    }

    @Test func comparesTextsByTheirBytes() throws {
        let condition = "{\"attribute\":\"a\",\"operator\":\"equals\",\"value\":\"\u{E9}\"}"
        #expect(try holds(condition, "{\"a\":\"\u{E9}\"}"))
        #expect(try !holds(condition, "{\"a\":\"e\u{301}\"}"))
    }

    @Test(arguments: [
        ("a.b", #"{"a":{"b":1}}"#, true), ("a.b", #"{"a.b":1}"#, true), ("a.b", #"{"a.b":2,"a":{"b":1}}"#, false),
        ("a.b", #"{"a.b":null,"a":{"b":1}}"#, false), ("/a/b", #"{"a":{"b":1}}"#, true), ("/a.b", #"{"a.b":1}"#, true),
        ("/a/b", #"{"a.b":1}"#, false), ("/a~1b", #"{"a/b":1}"#, true), ("/a~0b", #"{"a~b":1}"#, true),
        ("/~01", #"{"~1":1}"#, true), ("/a/1", #"{"a":[0,1]}"#, true), ("/a/01", #"{"a":[0,1]}"#, false),
        ("a.1", #"{"a":[0,1]}"#, true), ("/a/2", #"{"a":[0,1]}"#, false), ("/", #"{"":1}"#, true),
        ("targetingKey", #"{"targetingKey":1}"#, true), ("a.b.c", #"{"a":{"b":1}}"#, false),
        ("/a/99999999999999999999", #"{"a":[1]}"#, false), ("A", #"{"a":1}"#, false),
    ])
    func findsAttributesByPath(path: String, body: String, isFound: Bool) throws {
        #expect(try holds(#"{"attribute":"\#(path)","operator":"equals","value":1}"#, body) == isFound)
    }

    @Test func asksTheGivenTimeAndNoClock() throws {
        let boundary = Timestamp(seconds: 1_767_225_600)
        let before = #"{"attribute":"$time","operator":"before","value":"2026-01-01T00:00:00Z"}"#
        let after = #"{"attribute":"$time","operator":"after","value":"2026-01-01T00:00:00Z"}"#
        let body = #"{"$time":"1999-01-01T00:00:00Z"}"#
        #expect(try holds(before, body, now: Timestamp(seconds: boundary.seconds - 1)))
        #expect(try !holds(before, body, now: boundary) && !holds(after, body, now: boundary))
        #expect(try holds(after, body, now: Timestamp(seconds: boundary.seconds, nanoseconds: 1)))
    }
}
