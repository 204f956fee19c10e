/// Why a text is no regular expression that is understood here, and where.
package struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The rule that was broken.
    package enum Reason: Hashable, Sendable {
        case tooLong, tooComplex, tooDeep, missingParenthesis, unmatchedParenthesis, missingBracket, badRange
        case badRepeat, nothingToRepeat, strayBrace, badEscape, trailingBackslash
        case backReference, lookAround, unicodeClass, posixClass, unknownGroup
    }

    /// The rule that was broken.
    package let reason: Reason
    /// How many bytes of the pattern precede the place.
    package let offset: Int

    /// What is wrong and where, without the pattern itself.
    package var description: String { "is not a usable regular expression: \(reason.phrase) at offset \(offset)" }
}

extension RegularExpressionError.Reason {
    fileprivate var phrase: String {
        switch self {
        case .tooLong: "longer than \(RegularExpression.greatestPattern) bytes"
        case .tooComplex: "larger than \(RegularExpression.greatestProgram) steps"
        case .tooDeep: "groups nested too deep"
        case .missingParenthesis: "missing )"
        case .unmatchedParenthesis: "unmatched )"
        case .missingBracket: "missing ]"
        case .badRange: "bad range in a class"
        case .badRepeat: "repetition counts must be in order and at most \(RegularExpression.greatestRepeat)"
        case .nothingToRepeat: "nothing to repeat"
        case .strayBrace: "a brace that is no repetition must be written \\{"
        case .badEscape: "unknown escape"
        case .trailingBackslash: "backslash at the end"
        case .backReference: "back-references are not supported"
        case .lookAround: "look-around is not supported"
        case .unicodeClass: "Unicode classes are not supported"
        case .posixClass: "POSIX classes are not supported"
        case .unknownGroup: "only (...), (?:...) and a leading (?i) are supported"
        }
    }
}
