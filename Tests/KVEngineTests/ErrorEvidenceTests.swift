import Testing

@testable import KVEngine

@Suite struct ErrorEvidenceTests {
    @Test func nothingTellsNothing() {
        #expect(abs(ErrorEvidence.value(errors: 0, successes: 0, allowed: 0.01) - 1) < 1e-9)
    }

    @Test func successesSpeakForTheVersionAndErrorsAgainstIt() {
        #expect(ErrorEvidence.value(errors: 0, successes: 50, allowed: 0.01) < 1)
        #expect(ErrorEvidence.value(errors: 1, successes: 0, allowed: 0.01) > 1)
    }

    @Test func aVersionThatNeverWorksIsKnownAfterTwoOutcomes() {
        #expect(ErrorEvidence.value(errors: 1, successes: 0, allowed: 0.01) < ErrorEvidence.enough)
        #expect(ErrorEvidence.value(errors: 2, successes: 0, allowed: 0.01) > ErrorEvidence.enough)
    }

    @Test func manyErrorsAmongManySuccessesAreKnownToo() {
        #expect(ErrorEvidence.value(errors: 12, successes: 188, allowed: 0.01) > ErrorEvidence.enough)
    }

    /// Exactly, by following all outcomes of up to 400 trials: how likely it is that a version whose errors are just as
    /// frequent as allowed is ever taken back, when one looks after each trial.
    @Test(arguments: [0.001, 0.01, 0.1, 0.5])
    func aVersionThatIsWithinBoundsIsTakenBackInOneOfAHundredCasesAtMost(allowed: Double) {
        let trials = 400
        var going = [1.0] + [Double](repeating: 0, count: trials)
        var takenBack = 0.0
        for trial in 1...trials {
            for errors in stride(from: trial, through: 0, by: -1) {
                going[errors] = going[errors] * (1 - allowed) + (errors > 0 ? going[errors - 1] * allowed : 0)
                let evidence = ErrorEvidence.value(errors: errors, successes: trial - errors, allowed: allowed)
                guard evidence >= ErrorEvidence.enough else { continue }
                takenBack += going[errors]
                going[errors] = 0
            }
        }
        #expect(takenBack <= 0.01)
        #expect(abs(takenBack + going.reduce(0, +) - 1) < 1e-9)
    }

    @Test(arguments: [(0, 1_000_000_000), (1_000_000_000, 0), (1_000_000_000, 1_000_000_000)])
    func largeCountsAreNumbersStill(errors: Int, successes: Int) {
        for allowed in [0.00001, 0.01, 0.5, 0.99] {
            #expect(!ErrorEvidence.value(errors: errors, successes: successes, allowed: allowed).isNaN)
        }
    }
}
