/// Why a text is not HCL, and where.
///
/// The reason names what was expected or found by kind only; it never repeats any of the text, which may hold secrets.
package struct HCLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    package let line: Int
    /// The column in Unicode scalars, counted from 1.
    package let column: Int
    /// What is wrong, in a few fixed words.
    package let reason: String

    /// Makes an error at a place.
    package init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// The place and the reason in the customary form, `At 3:5: …`.
    package var description: String { "At \(line):\(column): \(reason)" }
}
