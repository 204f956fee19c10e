/// A regular expression whose matching takes time linear in the text, whatever the expression is.
///
/// The syntax is a part of RE2's (https://github.com/google/re2/wiki/Syntax): literals, `.` (any but the line feed),
/// classes `[a-z]` and `[^a-z]`, `\d \D \w \W \s \S` (ASCII), `\t \n \v \f \r \xHH \x{H…}` and escaped punctuation,
/// `^ $ \A \z` (start and end of the text), `\b \B`, `(…)`, `(?:…)`, `|`, `* + ? {m} {m,} {m,n}` and their lazy forms.
/// A leading `(?i)` ignores the case of ASCII letters. Back-references and look-around are refused, since no linear
/// machine can do them. Text is matched by Unicode scalars.
package struct RegularExpression: Sendable {
    /// The longest pattern in bytes.
    package static let greatestPattern = 1_024
    /// The most steps a program may have.
    package static let greatestProgram = 512
    /// The greatest count of a repetition.
    package static let greatestRepeat = 500
    /// The longest text in bytes that the operator `matches` looks at; longer attributes count as unusable.
    package static let greatestSubject = 131_072

    private let program: RegularExpressionProgram

    /// Reads an expression.
    ///
    /// - Throws: ``RegularExpressionError`` with what is wrong and where.
    package init(_ pattern: String) throws(RegularExpressionError) {
        guard pattern.utf8.count <= Self.greatestPattern else {
            throw RegularExpressionError(reason: .tooLong, offset: Self.greatestPattern)
        }
        var parser = RegularExpressionParser(pattern)
        program = try RegularExpressionProgram(try parser.parse())
    }

    /// Reads an expression that a text must match as a whole.
    ///
    /// - Throws: ``RegularExpressionError`` with what is wrong and where.
    package init(whole pattern: String) throws(RegularExpressionError) {
        // Read by itself first, so that a pattern cannot end the group around it.
        _ = try RegularExpression(pattern)
        try self.init("^(?:\(pattern))$")
    }

    /// Whether the expression matches somewhere in a text of well-formed UTF-8.
    package func matches(_ text: Span<UInt8>) -> Bool {
        RegularExpressionMachine(program).matches(text)
    }

    /// Whether the expression matches somewhere in a text.
    package func matches(_ text: String) -> Bool { text.withUTF8Bytes { matches($0) } }
}
