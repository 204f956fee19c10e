internal import CSodium

/// The one door to the library's initialisation.
///
/// `sodium_init` picks the fastest implementations for this processor and prepares the random source. It has to
/// come before anything else, and only its first call does work.
enum Sodium {
    /// Whether the library is ready. A global `let` is initialised once, whatever number of threads ask.
    private static let isReady = sodium_init() >= 0

    /// Makes sure the library is ready.
    ///
    /// - Throws: ``CryptoError/libraryUnavailable`` when initialisation failed.
    static func initialise() throws(CryptoError) {
        guard isReady else { throw .libraryUnavailable }
    }

    /// Makes sure the library is ready, in places that have no way to fail.
    ///
    /// Initialisation fails only when the system offers no locks or no random source. Going on would mean weak
    /// keys, so the process stops instead.
    static func require() {
        precondition(isReady, "libsodium could not be initialised")
    }
}
