import Glibc

/// How strongly the outcomes of a version speak against it: a test that may be looked at after each outcome.
///
/// The evidence is a likelihood ratio: how much likelier the outcomes are if errors are more frequent than allowed,
/// mixed over several such frequencies, than at the allowed one. While errors are as frequent as allowed or rarer it
/// is a supermartingale, so by Ville's inequality (Étude critique de la notion de collectif, 1939) it ever reaches 100
/// with a probability of one in a hundred at most, however often and whenever one looks; mixtures of this kind are
/// H. Robbins's (Statistical methods related to the law of the iterated logarithm, 1970).
enum ErrorEvidence {
    /// The evidence that is enough.
    static let enough = 100.0
    /// Which frequencies are mixed: so far on the way from the allowed one to always.
    private static let steps = [0.02, 0.05, 0.1, 0.2, 0.5, 0.9]

    /// The evidence that errors are more frequent than allowed.
    ///
    /// - Parameters:
    ///   - errors: how many outcomes were errors.
    ///   - successes: how many were not.
    ///   - allowed: the frequency of errors that is allowed, above 0 and below 1.
    /// - Returns: a number from 0 up; 1 before the first outcome.
    static func value(errors: Int, successes: Int, allowed: Double) -> Double {
        var sum = 0.0
        for step in steps {
            let frequency = allowed + (1 - allowed) * step
            sum += exp(
                Double(errors) * log(frequency / allowed)
                    + Double(successes) * log((1 - frequency) / (1 - allowed)))
        }
        return sum / Double(steps.count)
    }
}
