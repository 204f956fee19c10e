import Notation
import Notation
import Testing

@Suite struct RegularExpressionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let pattern: String
        let text: String
        let matches: Bool

        init(_ pattern: String, _ text: String, _ matches: Bool) {
            (self.pattern, self.text, self.matches) = (pattern, text, matches)
        }

        var testDescription: String { "\(pattern) on \(text)" }
    }

    // python3 -c "import re; print(bool(re.search(pattern, text, re.ASCII)))"
    static let rows = [
        Row("abc", "xabcx", true), Row("abc", "ab", false), Row("^abc$", "abc", true), Row("^abc$", "abcd", false),
        Row("a|b|", "z", true), Row("^(a|b)$", "c", false), Row("^(a|b|cd)*$", "abcdab", true),
        Row("^(a|b|cd)*$", "abc", false), Row("colou?r", "color", true), Row("colou?r", "colouur", false),
        Row("^a{3}$", "aaa", true), Row("^a{3}$", "aa", false), Row("^a{2,3}$", "aaaa", false),
        Row("^a{2,}$", "aaaaaa", true), Row("^(ab){2,3}$", "ababab", true), Row("^(ab){2,3}$", "ab", false),
        Row("^[a-c]+$", "abcabc", true), Row("^[^a-c]+$", "xyz", true), Row("^[^a-c]+$", "xaz", false),
        Row("[]x]", "]", true), Row("[^]x]", "]", false), Row("^[a-]$", "-", true), Row("^[-a]$", "-", true),
        Row("^[\\]\\\\]+$", "]\\", true), Row("^\\d+$", "0123", true), Row("^\\d+$", "12a", false),
        Row("\\D", "123", false), Row("^\\w+$", "a_Z9", true), Row("^\\w+$", "a-b", false), Row("^\\W$", "-", true),
        Row("a\\sb", "a b", true), Row("a\\sb", "a\tb", true), Row("^\\S+$", "ab c", false),
        Row("^[\\w.-]+@[\\w-]+\\.com$", "some.one@exa-mple.com", true),
        Row("^[\\w.-]+@[\\w-]+\\.com$", "some one@example.com", false), Row("^.$", "é", true), Row("^.$", "日", true),
        Row("^..$", "日", false), Row("^.$", "😀", true), Row("^[α-ω]+$", "λόγος", false), Row("^[α-γ]+$", "αβγ", true),
        Row("a.c", "a\nc", false), Row("^a.*z$", "a1234z", true), Row("^a.+?z$", "az", false),
        Row("^a.*?b.*?c$", "a1b2c", true), Row("\\bcat\\b", "a cat sat", true), Row("\\bcat\\b", "concatenate", false),
        Row("\\Bcat\\B", "concatenate", true), Row("\\x41\\x42", "AB", true), Row("^\\.$", "a", false),
        Row("\\(\\)\\[\\]\\{\\}\\*\\+\\?\\|\\^\\$\\\\", "()[]{}*+?|^$\\", true), Row("(a*)*", "b", true),
        Row("^(a*)*$", "aaab", false), Row("^(a*)+$", "aaa", true), Row("^(a|a)*$", "aaaa", true),
        Row("^((a?)b)+$", "bab", true), Row("(?:ab)+c", "xababc", true), Row("^(?:a(?:b(?:c)?)?)?$", "ab", true),
        Row("x*", "", true), Row("^$", "", true), Row("^$", "a", false), Row("a$|^b", "b1", true),
        Row("(^a|b)c", "bc", true), Row("(^a|b)c", "xac", false), Row("a{0}b", "b", true),
        Row("^a{0,2}b$", "aab", true),
        Row("^a{0,2}b$", "aaab", false), Row("(?i)HeLLo", "hello", true), Row("(?i)[a-c]X", "Bx", true),
        Row("(?i)\\x41", "a", true), Row("\\t\\n\\r\\f\\v", "\t\n\r\u{C}\u{B}", true),
        Row("^\\s+$", " \t\n\u{C}\r", true),
        Row("(x+x+)+y", "xxxxxxxxxxz", false), Row("^(([a-z])+.)+[A-Z]([a-z])+$", "aaaaaaaaaaaa", false),
        Row("[a-z]+[0-9]+$", "abc123", true), Row("[a-z]+[0-9]+$", "abc123x", false), Row("^[^x]$", "\n", true),
        Row("^[\\D]$", "é", true), Row("^[^\\D]$", "é", false), Row("^[\\W\\d]+$", "-é5", true),
        Row("^\\D$", "日", true),
        Row("(^)*a", "ba", true), Row("(?:\\b)+a", "ba", false),
    ]

    @Test(arguments: rows) func agreesWithPythonsRe(row: Row) throws {
        #expect(try RegularExpression(row.pattern).matches(row.text) == row.matches)
    }

    // Here `$` and `\\z` mean the end only, where Python's `$` also stands before a last line feed, as in RE2.
    @Test func endsAtTheEndOnly() throws {
        #expect(try !RegularExpression("a$").matches("a\n"))
        #expect(try RegularExpression("\\Aa\\z").matches("a"))
        #expect(try !RegularExpression("\\Aa\\z").matches("a\n"))
        #expect(try RegularExpression("^\\x{1F600}$").matches("😀"))
    }

    @Test(arguments: [
        ("(a)\\1", RegularExpressionError.Reason.backReference, 3), ("a\\k", .backReference, 1),
        ("(?=a)", .lookAround, 0), ("(?!a)", .lookAround, 0), ("b(?<=a)", .lookAround, 1), ("(?<!a)", .lookAround, 0),
        ("(?P<n>a)", .unknownGroup, 0), ("(?<n>a)", .unknownGroup, 0), ("a(?i)b", .unknownGroup, 1),
        ("(?s)a", .unknownGroup, 0), ("(a", .missingParenthesis, 0), ("a)", .unmatchedParenthesis, 1),
        ("[a", .missingBracket, 0), ("[]", .missingBracket, 0), ("[b-a]", .badRange, 1), ("[a-\\d]", .badRange, 1),
        ("[[:alpha:]]", .posixClass, 1), ("\\p{L}", .unicodeClass, 0), ("*a", .nothingToRepeat, 0),
        ("a**", .nothingToRepeat, 2), ("a*+", .nothingToRepeat, 2),
        ("a{2,1}", .badRepeat, 1), ("a{501}", .badRepeat, 1), ("a{", .strayBrace, 1), ("a}", .strayBrace, 1),
        ("{2}", .strayBrace, 0), ("a{,3}", .strayBrace, 1), ("a\\", .trailingBackslash, 1), ("\\q", .badEscape, 0),
        ("\\xZZ", .badEscape, 0), ("\\x{110000}", .badEscape, 0), ("\\x{D800}", .badEscape, 0),
        ("(a{100}){100}", .tooComplex, 0), ("(((){500}){500}){500}", .tooComplex, 0),
        (String(repeating: "(", count: 33) + String(repeating: ")", count: 33), .tooDeep, 32),
        (String(repeating: "a", count: 1_025), .tooLong, 1_024),
    ])
    func refusesWhatItCannotDo(pattern: String, reason: RegularExpressionError.Reason, offset: Int) {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
        #expect(error?.reason == reason && error?.offset == offset)
    }

    /// The classic patterns on which matching by trial takes forever, at two lengths: twice the text may take twice
    /// the time and not four times.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("(a+)+$", "b"), ("^(a|aa)+$", "b"), ("(a*)*c", "b"), ("^(a?){30}a{30}$", "b"), ("(.*)(.*)(.*)x$", "y"),
        ])
    func takesLinearTime(pattern: String, end: String) throws {
        let expression = try RegularExpression(pattern)
        let clock = ContinuousClock()
        let times = [50_000, 100_000].map { count in
            let text = String(repeating: "a", count: count) + end
            return clock.measure { #expect(!expression.matches(text)) }
        }
        // The bound is generous because other tests run beside this one.
        #expect(times[1] < times[0] * 8 + .seconds(1))
    }
}
