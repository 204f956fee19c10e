import Testing

@testable import VaultCrypto

@Suite struct ShamirTests {
    private func share(_ known: [UInt8]) throws -> Shamir.Share {
        Shamir.Share(try secret(known))
    }

    /// Every choice of `count` of `items`.
    private func choices<Item>(of items: [Item], _ count: Int) -> [[Item]] {
        guard count > 0 else { return [[]] }
        guard items.count >= count, let first = items.first else { return [] }
        let rest = Array(items.dropFirst())
        return choices(of: rest, count - 1).map { [first] + $0 } + choices(of: rest, count)
    }

    @Test(arguments: ShamirVectors.all)
    func splittingMatchesTheVectors(vector: ShamirVectors.Vector) throws {
        let coordinates = vector.shares.compactMap(\.last)
        let made = try Shamir.split(
            secret(vector.secret), at: coordinates, threshold: vector.threshold,
            coefficients: secret(vector.coefficients))
        #expect(made.map { reveal($0.bytes) } == vector.shares)
    }

    @Test(arguments: ShamirVectors.all)
    func everySubsetOfTheVectorsCombines(vector: ShamirVectors.Vector) throws {
        for count in vector.threshold...vector.shares.count {
            for subset in choices(of: vector.shares, count) {
                for order in [subset, subset.reversed()] {
                    let combined = try Shamir.combine(order.map(share))
                    #expect(reveal(combined) == vector.secret)
                }
            }
        }
    }

    @Test func tooFewSharesGiveAWrongSecretWithoutAnError() throws {
        let vector = ShamirVectors.v2
        let made = try Shamir.split(
            secret(vector.secret), at: [1, 2], threshold: vector.threshold, coefficients: secret(vector.coefficients))
        let combined = reveal(try Shamir.combine(made))
        #expect(Array(combined.prefix(8)) == bytes("330f228fe954e3cf"))
        #expect(combined != vector.secret)
    }

    @Test func randomSplitsCombine() throws {
        for _ in 0..<5_000 {
            let shares = Int(SecureRandom.uniform(below: 9)) + 2
            let threshold = Int(SecureRandom.uniform(below: UInt32(shares - 1))) + 2
            let original = try SecretBytes(random: Int(SecureRandom.uniform(below: 4)) + 1)
            let made = try Shamir.split(original, shares: shares, threshold: threshold)
            let chosen = Array(made.shuffled().prefix(threshold))
            let isEqual = try Shamir.combine(chosen).isEqual(to: original)
            #expect(made.count == shares)
            #expect(isEqual)
        }
    }

    @Test func theLargestSplitCombinesAndUsesEveryCoordinate() throws {
        let original = try SecretBytes(random: 32)
        let made = try Shamir.split(original, shares: 255, threshold: 255)
        let isEqual = try Shamir.combine(made).isEqual(to: original)
        #expect(isEqual)
        #expect(Set(made.compactMap { reveal($0.bytes).last }) == Set(1...255))
        let short = try Shamir.combine(Array(made.dropLast())).isEqual(to: original)
        #expect(!short)
    }

    @Test func coordinatesAreNotAlwaysTheSame() throws {
        let original = try SecretBytes(random: 1)
        var seen: Set<UInt8> = []
        for _ in 0..<50 {
            for share in try Shamir.split(original, shares: 5, threshold: 3) {
                seen.insert(reveal(share.bytes)[1])
            }
        }
        #expect(seen.count > 100)
        #expect(!seen.contains(0))
    }

    @Test func oneShareOfOneIsTheSecretItself() throws {
        let original = try SecretBytes(random: 32)
        let made = try Shamir.split(original, shares: 1, threshold: 1)
        #expect(made.map { reveal($0.bytes) } == [reveal(original)])
    }

    @Test(arguments: [
        (0, 0), (1, 0), (0, 1), (2, 1), (5, 1), (1, 2), (3, 4), (256, 3), (5, 0), (5, -1), (-1, -1), (300, 300),
        (Int.max, Int.max), (255, 256),
    ])
    func impossibleSplitsAreRefused(shares: Int, threshold: Int) throws {
        let original = try SecretBytes(random: 4)
        #expect(throws: CryptoError.shares(.invalidThreshold)) {
            try Shamir.split(original, shares: shares, threshold: threshold)
        }
    }

    @Test(
        arguments: [
            ([], .tooFew),
            ([[1, 2]], .tooFew),
            ([[1], [2]], .tooShort),
            ([[1, 2, 1], [1, 2]], .unequalLengths),
            ([[1, 2], [1, 2, 3]], .unequalLengths),
            ([[1, 2], [3, 2]], .duplicateCoordinate),
            ([[1, 2], [3, 4], [1, 2]], .duplicateCoordinate),
            ([[1, 2], [3, 0]], .zeroCoordinate),
            ([[1, 0], [3, 0]], .zeroCoordinate),
        ] as [([[UInt8]], CryptoError.ShareProblem)])
    func unacceptableSharesAreRefused(shares: [[UInt8]], problem: CryptoError.ShareProblem) throws {
        let parts = try shares.map(share)
        #expect(throws: CryptoError.shares(problem)) { _ = try Shamir.combine(parts) }
    }

    @Test func aChangedShareGivesAnotherSecret() throws {
        let vector = ShamirVectors.v1
        for index in 0..<5 {
            var parts = Array(vector.shares.prefix(3))
            parts[0][index] ^= 0x40
            #expect(reveal(try Shamir.combine(parts.map(share))) != vector.secret)
        }
    }
}
