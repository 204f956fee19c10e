/// The environment of requests that nothing else decides about.
package enum DefaultEnvironment {
    /// Of those that evaluate or change flags by a protocol that need not name an environment.
    package static let ofFlags = "prod"
}
