/// How much JSON a reader accepts before it refuses the document.
///
/// A short body can ask for far more memory than its own size once it is a tree, so every reader counts while it
/// reads and stops at the first limit it meets.
package struct JSONLimits: Sendable, Hashable {
    /// The deepest nesting any reader can be asked for; open containers are kept as the bits of one integer.
    package static let greatestDepth = 128

    /// How many arrays and objects may be open at once, between 1 and ``greatestDepth``.
    package let maxDepth: Int
    /// How many strings the document may hold, member names included.
    package let maxStrings: Int
    /// How many values the document may hold: scalars, arrays and objects, each counted once.
    package let maxTokens: Int
    /// How many bytes the text of one number may have.
    package let maxNumberLength: Int

    /// Makes limits; each is raised to at least 1, and the depth is lowered to ``greatestDepth``.
    ///
    /// - Parameters:
    ///   - maxDepth: Arrays and objects open at once.
    ///   - maxStrings: Strings, member names included.
    ///   - maxTokens: Values of any kind.
    ///   - maxNumberLength: Bytes in the text of one number.
    package init(
        maxDepth: Int = 64, maxStrings: Int = 10_000, maxTokens: Int = 10_000, maxNumberLength: Int = 64
    ) {
        self.maxDepth = min(max(maxDepth, 1), Self.greatestDepth)
        self.maxStrings = max(maxStrings, 1)
        self.maxTokens = max(maxTokens, 1)
        self.maxNumberLength = max(maxNumberLength, 1)
    }

    /// For a request whose sender is known.
    package static let `default` = JSONLimits()
    /// For a request whose sender is not known yet, such as a login.
    package static let unauthenticated = JSONLimits(maxStrings: 1_000)
    /// For a document this server wrote itself and kept under its own seal or on its own disk.
    package static let stored = JSONLimits(
        maxDepth: greatestDepth, maxStrings: 4_000_000, maxTokens: 4_000_000, maxNumberLength: 1_024)
}
