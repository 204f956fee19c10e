import Identity
import Testing

/// CIDR ranges.
@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3/8", "10.9.9.9", true),
        ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false), ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false), ("192.168.0.0/23", "192.168.1.255", true),
        ("192.168.0.0/23", "192.168.2.0", false), ("1.2.3.4/32", "1.2.3.4", true), ("1.2.3.4/31", "1.2.3.5", true),
        ("::/0", "2001:db8::1", true), ("::/0", "10.0.0.1", false), ("2001:db8::/33", "2001:db8:7fff::", true),
        ("2001:db8::/33", "2001:db8:8000::", false), ("::1", "::1", true), ("::1/128", "0:0:0:0:0:0:0:1", true),
        // IPv4 written as IPv6 is IPv4, on either side.
        ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("::ffff:10.0.0.0/104", "10.1.1.1", true),
        ("::ffff:10.0.0.0/104", "11.1.1.1", false), ("::ffff:10.0.0.1", "10.0.0.1", true),
    ])
    func addressesAreInOrOut(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(parsing: range)).contains(address) == isIn)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0/8",
        "10.0.0.0.0", "256.0.0.1", "010.0.0.1 ", " 10.0.0.1", "::/129", "::1%eth0", "fe80::/ten", "localhost",
        "10.0.0.0/99999999999999999999", "10.0.0.1\u{0}", "::ffff:10.0.0.0/8", "10.0.0.0/\u{0661}",
    ])
    func garbageIsNoRange(text: String) { #expect(AddressRange(parsing: text) == nil) }

    @Test(arguments: ["", "10.0.0", "10.0.0.1:80", "10.0.0.1 ", "::1%lo", "x", "10.0.0.1\u{0}"])
    func garbageIsInNoRange(address: String) throws {
        #expect(!(try #require(AddressRange(parsing: "0.0.0.0/0")).contains(address)))
        #expect(!(try #require(AddressRange(parsing: "::/0")).contains(address)))
    }
}
