package import Notation

/// A server's answer.
public struct VaultResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The headers as received.
    public let headers: [(name: String, value: String)]
    /// The body as received; empty for 204.
    public let body: [UInt8]

    /// A server may send a tree as large as its answer; the bytes are already bounded.
    private static let limits = JSONLimits(
        maxDepth: JSONLimits.greatestDepth, maxStrings: 4_000_000, maxTokens: 4_000_000, maxNumberLength: 1_024)

    /// Makes an answer from its parts.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - headers: the headers.
    ///   - body: the body.
    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Reads the body as JSON, keeping the order of members and the text of numbers.
    ///
    /// - Returns: the value; `null` for an empty body.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/malformed`` when it is not JSON.
    package func json() throws(VaultError) -> JSON {
        guard !body.isEmpty else { return .null }
        do {
            return try JSON(parsing: body, limits: Self.limits)
        } catch {
            throw VaultError(.malformed, "the server's answer is not JSON")
        }
    }

    /// The value of a header, names compared without regard to ASCII case.
    ///
    /// - Parameter name: the header's name.
    /// - Returns: the first value.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.utf8.map(asciiLowercase).elementsEqual(name.utf8.map(asciiLowercase)) }?.value
    }

    /// Where a standby sends the client.
    ///
    /// - Parameter message: the message answered.
    /// - Returns: the URL to repeat the message at, or `nil` when this is no redirect.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/malformed`` when following would give up TLS.
    func redirectTarget(from message: WireMessage) throws(VaultError) -> String? {
        guard [301, 302, 307, 308].contains(status), let target = header("Location") else { return nil }
        let secure = message.url.utf8.starts(with: "https://".utf8)
        if target.utf8.starts(with: "https://".utf8) || (!secure && target.utf8.starts(with: "http://".utf8)) {
            return target
        }
        throw VaultError(.malformed, "the server redirects to an address without TLS or host", in: message)
    }
}

private func asciiLowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
