/// What a connection may cost before anything is known of the client.
enum HTTPLimits {
    /// The longest header field, in bytes.
    static let headerFieldBytes = 16 * 1024
    /// All header fields together, in bytes.
    static let headerListBytes = 32 * 1024
    /// How many header fields.
    static let headerFieldCount = 100
    /// The longest request target, in bytes.
    static let targetBytes = 8 * 1024
    /// The longest token, in bytes.
    static let tokenBytes = 8 * 1024
    /// The longest name of an instance, in bytes.
    static let instanceBytes = 256
    /// The largest body with a token, in bytes: Vault's limit.
    static let bodyBytes = 32 * 1024 * 1024
    /// The largest body without a token, in bytes.
    static let anonymousBodyBytes = 1024 * 1024
    /// The longest body without a token that may be on its way without being counted, in bytes.
    static let uncountedBodyBytes = 4 * 1024
}
