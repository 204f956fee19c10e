import Notation

/// A text to be found in others in time linear in both (Knuth, Morris and Pratt, 1977), whatever they are.
struct TextSearch: Sendable {
    private let pattern: [UInt8]
    // For each byte: how long the longest prefix of the pattern is that also ends there, itself excepted.
    private let borders: [Int]

    /// Makes a search for a pattern that is not empty.
    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var borders = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = borders[length - 1] }
            if pattern[index] == pattern[length] { length += 1 }
            borders[index] = length
        }
        self.borders = borders
    }

    /// Whether the pattern is somewhere in a text.
    func isFound(in text: Span<UInt8>) -> Bool {
        guard text.count >= pattern.count else { return false }
        var length = 0
        for index in text.indices {
            while length > 0, text[index] != pattern[length] { length = borders[length - 1] }
            if text[index] == pattern[length] { length += 1 }
            if length == pattern.count { return true }
        }
        return false
    }
}
