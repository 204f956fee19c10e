import Testing

@testable import VaultClient

@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("https://h:8200", "a/b", "https://h:8200/v1/a/b"), ("http://h/", "a", "http://h/v1/a"),
        ("http://h/p/", "a", "http://h/p/v1/a"), ("http://[::1]:1", "a b?c#d%e", "http://[::1]:1/v1/a%20b%3Fc%23d%25e"),
        ("http://h", "é/\u{0}", "http://h/v1/%C3%A9/%00"), ("http://h", "a:b@c+d=e~", "http://h/v1/a:b@c+d=e~"),
    ])
    func pathsAreEncodedOnce(address: String, path: String, url: String) throws {
        #expect(try ServerAddress(address).url(of: VaultRequest(.get, path)) == url)
    }

    @Test func queriesAreEncodedInOrder() throws {
        let request = VaultRequest(.get, "a", query: [("list", "true"), ("after", "a&b=c/ü")])
        #expect(try ServerAddress("http://h").url(of: request) == "http://h/v1/a?list=true&after=a%26b%3Dc/%C3%BC")
    }

    @Test(arguments: [
        ("http://h:1", "h", ":1"), ("http://h", "h", ""), ("http://[::1]:2", "::1", ":2"), ("http://[::1]", "::1", ""),
    ])
    func hostAndPortComeApart(address: String, host: String, port: String) throws {
        #expect(try ServerAddress(address).host == host)
        #expect(try ServerAddress(address).port == port)
    }

    @Test(arguments: [
        "", "h:8200", "ftp://h", "http://", "http:///p", "http://u@h", "http://h?q", "http://h/#f", "http://h o",
        "http://h\n",
    ])
    func refusesWhatIsNoAddress(address: String) {
        #expect(throws: VaultError.self) { try ServerAddress(address) }
    }
}
