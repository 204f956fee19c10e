/// How many shares the unseal key is split into, and how many of them bring it back.
package struct SealConfiguration: Hashable, Sendable {
    /// How many shares are handed out, 1 to 255.
    package let shares: UInt8
    /// How many of them are needed, 1 to `shares`.
    package let threshold: UInt8

    /// Checks numbers from a request.
    ///
    /// With one share there is nothing to split: the share is the unseal key.
    ///
    /// - Parameters:
    ///   - shares: `secret_shares`.
    ///   - threshold: `secret_threshold`.
    /// - Throws: the first rule that is broken, in the order in which Vault checks them.
    package init(shares: Int, threshold: Int) throws(SealConfigurationError) {
        guard shares >= 1 else { throw .tooFewShares }
        guard threshold >= 1 else { throw .thresholdTooSmall }
        guard shares == 1 || threshold > 1 else { throw .thresholdOfOneForSeveralShares }
        guard let shareCount = UInt8(exactly: shares) else { throw .tooManyShares }
        guard let needed = UInt8(exactly: threshold) else { throw .thresholdTooLarge }
        guard needed <= shareCount else { throw .thresholdAboveShares }
        self.shares = shareCount
        self.threshold = needed
    }
}

/// Why a seal configuration is refused.
package enum SealConfigurationError: Error, Hashable, Sendable {
    /// There must be a share.
    case tooFewShares
    /// At least one share must be needed.
    case thresholdTooSmall
    /// Several shares of which any one suffices would not be shares.
    case thresholdOfOneForSeveralShares
    /// Shamir's scheme over bytes has 255 shares at most.
    case tooManyShares
    /// The threshold is above 255.
    case thresholdTooLarge
    /// More shares would be needed than there are.
    case thresholdAboveShares

    /// The words clients know, as in Vault's `invalid seal configuration: …`.
    package var reason: String {
        switch self {
        case .tooFewShares: "shares must be at least one"
        case .thresholdTooSmall: "threshold must be at least one"
        case .thresholdOfOneForSeveralShares: "threshold must be greater than one for multiple shares"
        case .tooManyShares: "shares must be less than 256"
        case .thresholdTooLarge: "threshold must be less than 256"
        case .thresholdAboveShares: "threshold cannot be larger than shares"
        }
    }
}
