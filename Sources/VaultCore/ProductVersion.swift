/// The versions the server tells of itself.
package enum ProductVersion {
    /// The Vault version whose behaviour clients may expect: they open and close features by it.
    package static let reported = "1.17.6"
    /// PulseVault's own version.
    package static let own = "0.1.0"
}
