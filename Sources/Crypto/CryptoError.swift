/// Why a cryptographic operation did not happen.
///
/// The cases are coarse on purpose: an attacker who can submit ciphertext learns only "it did not open", not
/// which byte was wrong. No case carries input, key material or lengths.
package enum CryptoError: Error, Equatable, Sendable {
    /// libsodium could not be initialised, so nothing may be encrypted.
    case libraryUnavailable
    /// The system refused guarded or working memory (address space, number of mappings, memory limit).
    case memoryUnavailable
    /// A key, salt, nonce or count has a length this operation does not accept.
    case invalidLength
    /// The input is longer than the operation's documented maximum.
    case inputTooLarge
    /// The input does not have the expected form (magic, format, algorithm, encoding).
    case malformed
    /// The key, the context or the data is not the one that was sealed.
    case authenticationFailed
    /// The key shares or the numbers of a split are unacceptable.
    case shares(ShareProblem)
    /// The stream has already carried its final chunk.
    case streamFinished

    /// What is wrong with a set of shares, or with the numbers given for a split.
    package enum ShareProblem: Equatable, Sendable {
        /// Fewer than two shares were given.
        case tooFew
        /// A share is shorter than one byte of value and one of coordinate.
        case tooShort
        /// The shares do not all have the same length.
        case unequalLengths
        /// Two shares carry the same coordinate.
        case duplicateCoordinate
        /// A share carries the coordinate 0, which is where the secret itself lies.
        case zeroCoordinate
        /// Not `2 ≤ threshold ≤ shares ≤ 255`, nor one share of one.
        case invalidThreshold
    }
}
