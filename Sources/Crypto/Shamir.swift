/// Splits a secret into shares of which any `threshold` give it back and fewer say nothing (Shamir 1979).
///
/// Each byte of the secret is the value at 0 of its own random polynomial of degree `threshold - 1` over
/// ``GaloisField``. The layout is Vault's:
/// ```
/// share = value of every polynomial at x | x        x in 1…255, so a share is one byte longer than the secret
/// ```
/// One share of one is the secret itself, without a coordinate; such a share is used directly, not combined.
package enum Shamir {
    /// One share of a secret. As secret as the secret, given enough of them.
    package final class Share: Sendable {
        /// The bytes: values, then the coordinate (the secret itself for a split of one).
        package let bytes: SecretBytes

        /// Takes over the bytes of a share, such as one received from its keeper.
        package init(_ bytes: consuming SecretBytes) {
            self.bytes = bytes
        }
    }

    /// Splits `secret` into `shares`, any `threshold` of which are enough.
    ///
    /// - Parameters:
    ///   - shares: 1…255.
    ///   - threshold: 2…`shares`; or 1 with one share, which is then the secret itself.
    /// - Throws: ``CryptoError/shares(_:)`` with `invalidThreshold`, ``CryptoError/memoryUnavailable``.
    package static func split(
        _ secret: borrowing SecretBytes, shares: Int, threshold: Int
    ) throws(CryptoError) -> [Share] {
        if shares == 1, threshold == 1 { return [Share(try secret.duplicate())] }
        guard (2...255).contains(shares), threshold >= 2, threshold <= shares else {
            throw .shares(.invalidThreshold)
        }
        let coordinates = randomCoordinates(shares)
        let (count, overflow) = secret.count.multipliedReportingOverflow(by: threshold - 1)
        guard !overflow else { throw .inputTooLarge }
        // The highest coefficient may be 0: excluding it would make shares below the threshold say something.
        let coefficients = try SecretBytes(random: count)
        return try split(secret, at: coordinates, threshold: threshold, coefficients: coefficients)
    }

    /// Splits with given randomness, for known-answer tests.
    ///
    /// - Parameters:
    ///   - coordinates: distinct, none 0; one share each.
    ///   - coefficients: `threshold - 1` per byte of the secret, the linear one first.
    static func split(
        _ secret: borrowing SecretBytes, at coordinates: [UInt8], threshold: Int, coefficients: borrowing SecretBytes
    ) throws(CryptoError) -> [Share] {
        precondition(coefficients.count == secret.count * (threshold - 1), "threshold - 1 coefficients a byte")
        let count = secret.count
        var shares: [Share] = []
        shares.reserveCapacity(coordinates.count)
        for coordinate in coordinates {
            let share = try secret.withSpan { (secret) throws(CryptoError) in
                try coefficients.withSpan { (coefficients) throws(CryptoError) in
                    try SecretBytes(count: count + 1) { (output) throws(CryptoError) in
                        evaluate(secret, coefficients, degree: threshold - 1, at: coordinate, into: &output)
                    }
                }
            }
            shares.append(Share(share))
        }
        return shares
    }

    /// Gives the secret back.
    ///
    /// With fewer shares than the threshold, or with a share of another split, the result is wrong and nothing shows
    /// it: the caller finds out by opening something with it.
    ///
    /// - Throws: ``CryptoError/shares(_:)`` for fewer than two shares, unequal lengths, a share below two bytes, a
    ///   repeated coordinate or the coordinate 0; ``CryptoError/memoryUnavailable``.
    package static func combine(_ shares: [Share]) throws(CryptoError) -> SecretBytes {
        let coordinates = try validatedCoordinates(shares)
        let count = shares[0].bytes.count - 1
        return try SecretBytes(count: count) { (secret) throws(CryptoError) in
            for (index, share) in shares.enumerated() {
                let weight = weightAtZero(of: index, among: coordinates)
                share.bytes.withSpan { values in
                    for position in 0..<count {
                        secret[position] ^= GaloisField.multiply(values[position], weight)
                    }
                }
            }
        }
    }

    private static func validatedCoordinates(_ shares: [Share]) throws(CryptoError) -> [UInt8] {
        guard shares.count >= 2 else { throw .shares(.tooFew) }
        let count = shares[0].bytes.count
        guard count >= 2 else { throw .shares(.tooShort) }
        var seen = [256 of Bool](repeating: false)
        var coordinates: [UInt8] = []
        for share in shares {
            guard share.bytes.count == count else { throw .shares(.unequalLengths) }
            let coordinate = share.bytes.withSpan { $0[count - 1] }
            guard coordinate != 0 else { throw .shares(.zeroCoordinate) }
            guard !seen[Int(coordinate)] else { throw .shares(.duplicateCoordinate) }
            seen[Int(coordinate)] = true
            coordinates.append(coordinate)
        }
        return coordinates
    }

    /// Evaluates the polynomial of every byte at `coordinate` (Horner's rule) and appends the coordinate.
    private static func evaluate(
        _ secret: Span<UInt8>, _ coefficients: Span<UInt8>, degree: Int, at coordinate: UInt8,
        into output: inout MutableSpan<UInt8>
    ) {
        for position in 0..<secret.count {
            var value: UInt8 = 0
            for power in stride(from: degree, to: 0, by: -1) {
                value = GaloisField.multiply(value ^ coefficients[position * degree + power - 1], coordinate)
            }
            output[position] = value ^ secret[position]
        }
        output[secret.count] = coordinate
    }

    /// The Lagrange basis polynomial of one share, at 0.
    private static func weightAtZero(of index: Int, among coordinates: [UInt8]) -> UInt8 {
        var numerator: UInt8 = 1
        var denominator: UInt8 = 1
        for other in coordinates.indices where other != index {
            numerator = GaloisField.multiply(numerator, coordinates[other])
            denominator = GaloisField.multiply(denominator, coordinates[other] ^ coordinates[index])
        }
        return GaloisField.divide(numerator, denominator)
    }

    /// Draws `count` of 1…255 without repetition (the beginning of a Fisher–Yates shuffle).
    private static func randomCoordinates(_ count: Int) -> [UInt8] {
        var all = Array(UInt8(1)...255)
        for index in 0..<count {
            let remaining = UInt32(all.count - index)
            all.swapAt(index, index + Int(SecureRandom.uniform(below: remaining)))
        }
        return Array(all.prefix(count))
    }
}
