/// The state of the seal, as `sys/seal-status` shows it.
package struct SealStatus: Sendable, Hashable {
    /// How many shares there are and how many are needed; `nil` before the initialisation.
    package let configuration: SealConfiguration?
    /// Whether no data can be served.
    package let isSealed: Bool
    /// How many shares of the run have come in.
    package let progress: Int
    /// The name of the run; empty when none is under way.
    package let nonce: String

    /// Describes a state; without arguments that of an uninitialised vault.
    package init(
        configuration: SealConfiguration? = nil, isSealed: Bool = true, progress: Int = 0, nonce: String = ""
    ) {
        self.configuration = configuration
        self.isSealed = isSealed
        self.progress = progress
        self.nonce = nonce
    }
}
