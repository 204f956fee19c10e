import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct NumberComparisonTests {
    // In ascending order; within a row equal.
    private static let ascending = [
        ["-1e400"], ["-9223372036854775809"], ["-9223372036854775808", "-9223372036854775808.0"], ["-10", "-1e1"],
        ["-1.5", "-15e-1"], ["-0.000001", "-1e-6"], ["0", "-0", "0.0", "0e9"], ["1e-400"], ["0.1", "1e-1", "0.10"],
        ["0.11"], ["9.99"], ["10", "10.0", "1e1", "100e-1"], ["9007199254740992"], ["9007199254740993"],
        ["9223372036854775807"], ["9223372036854775808"], ["1e19", "10000000000000000000"], ["1e400"],
    ]

    @Test func isExactAtAnyLength() throws {
        for (left, lefts) in Self.ascending.enumerated() {
            for (right, rights) in Self.ascending.enumerated() {
                for (value, attribute) in zip(rights, lefts) + [(rights[0], lefts[lefts.count - 1])] {
                    let body = #"{"a":\#(attribute)}"#
                    let test = { (name: String) in
                        try holds(#"{"attribute":"a","operator":"\#(name)","value":\#(value)}"#, body)
                    }
                    #expect(try test("less") == (left < right), "\(attribute) < \(value)")
                    #expect(try test("greater_or_equal") == (left >= right), "\(attribute) >= \(value)")
                    #expect(try test("equals") == (left == right), "\(attribute) = \(value)")
                }
            }
        }
    }
}

@Suite struct VersionComparisonTests {
    // Semantic Versioning 2.0.0, section 11, and numbers beyond 64 bits.
    private static let ascending = [
        "0.0.0-0", "0.0.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
        "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1", "10.0.0", "18446744073709551616.0.0",
        "18446744073709551617.0.0",
    ]

    @Test func followsThePrecedenceOfTheSpecification() throws {
        for (left, attribute) in Self.ascending.enumerated() {
            for (right, value) in Self.ascending.enumerated() {
                let test = { (name: String) in
                    try holds(
                        #"{"attribute":"a","operator":"\#(name)","value":"\#(value)+b"}"#, #"{"a":"\#(attribute)"}"#)
                }
                #expect(try test("semver_less") == (left < right), "\(attribute) < \(value)")
                #expect(try test("semver_equals") == (left == right), "\(attribute) = \(value)")
                #expect(try test("semver_greater") == (left > right), "\(attribute) > \(value)")
            }
        }
    }

    // From the regular expression's examples that semver.org links (https://regex101.com/r/vkijKf/1/).
    @Test(arguments: [
        "1", "1.2", "1.2.3-0123", "1.2.3-0123.0123", "1.1.2+.123", "+invalid", "-invalid", "alpha", "alpha..1",
        "1.0.0-alpha_beta", "1.0.0-alpha..", "1.0.0-alpha..1", "01.1.1", "1.01.1", "1.1.01", "1.2.3.DEV",
        "1.2-SNAPSHOT",
        "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788", "-1.0.3-gamma+b7718", "+justmeta", "9.8.7+meta+meta",
        "1.2.3-", "1.2.3+", " 1.2.3", "1.2.3 ", "v1.2.3", "",
    ])
    func refusesWhatIsNoVersion(text: String) throws {
        #expect(
            try !holds(
                #"{"attribute":"a","operator":"semver_greater_or_equal","value":"0.0.0-0"}"#, #"{"a":"\#(text)"}"#))
    }

    @Test(arguments: [
        "0.0.4", "1.1.2-prerelease+meta", "1.1.2+meta-valid", "1.0.0-alpha0.valid", "1.0.0-alpha.0valid",
        "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay", "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
        "1.2.3----R-S.12.9.1--.12+meta", "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "1.0.0-0A.is.legal", "2.0.0+build.1848",
    ])
    func acceptsWhatIsOne(text: String) throws {
        #expect(
            try holds(
                #"{"attribute":"a","operator":"semver_greater_or_equal","value":"0.0.0-0"}"#, #"{"a":"\#(text)"}"#))
    }
}

@Suite struct AddressRangeTests {
    // python3 -c "import ipaddress; print(ipaddress.ip_address(a) in ipaddress.ip_network(r, strict=False))"
    @Test(arguments: [
        ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true),
        ("192.168.1.77/24", "192.168.1.200", true), ("192.168.1.0/24", "192.168.2.0", false),
        ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3/32", "10.1.2.4", false), ("10.1.2.2/31", "10.1.2.3", true),
        ("2001:db8::/33", "2001:db8:8000::", false), ("2001:db8::/33", "2001:db8:7fff::", true),
        ("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
        ("fe80::/10", "febf::1", true), ("fe80::/10", "fec0::1", false), ("::1", "::1", true),
        ("::1/128", "::2", false),
        ("1:2:3:4:5:6:7:8/127", "1:2:3:4:5:6:7:9", true), ("::ffff:10.0.0.0/104", "10.3.4.5", true),
        ("64:ff9b::192.0.2.0/120", "64:ff9b::192.0.2.33", true),
    ])
    func agreesWithPythonsIPAddress(range: String, address: String, isIn: Bool) throws {
        #expect(try holds(#"{"attribute":"a","operator":"cidr","value":"\#(range)"}"#, #"{"a":"\#(address)"}"#) == isIn)
    }

    @Test(arguments: [
        "", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "1:",
        ":1",
        "::1%eth0", "256.1.1.1", "1.1.1", "1.1.1.1.1", "1.1.1.1 ", "01.1.1.1", "1..1.1", "::1.2.3", "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4", "0x1.1.1.1", "-1.1.1.1",
    ])
    func refusesWhatIsNoAddress(text: String) throws {
        for negate in [false, true] {
            let condition = #"{"attribute":"a","operator":"cidr","values":["0.0.0.0/0","::/0"],"negate":\#(negate)}"#
            #expect(try !holds(condition, #"{"a":"\#(text)"}"#))
        }
    }

    @Test(arguments: [
        "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "::/129", "::/1/2", "/8", "10.0.0.0/8 ",
    ])
    func refusesWhatIsNoRange(text: String) {
        #expect(throws: ModelError.self) {
            try Segment(json: try json(#"{"conditions":[{"attribute":"a","operator":"cidr","value":"\#(text)"}]}"#))
        }
    }
}
