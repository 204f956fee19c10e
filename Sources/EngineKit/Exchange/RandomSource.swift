/// Where handlers take identifiers and random bytes from, so that they need no cryptography of their own.
package protocol RandomSource: Sendable {
    /// Random bytes from the operating system's generator.
    func bytes(_ count: Int) -> [UInt8]
    /// Random text of `count` characters out of `0-9A-Za-z`, each equally likely.
    func base62(_ count: Int) -> String
    /// A random (version 4) UUID as lower-case text.
    func uuid() -> String
}
