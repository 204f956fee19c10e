internal import Notation

/// A value that a rule names for a parameter. A string may begin or end with `*`.
package struct ParameterValue: Sendable {
    private let value: JSON

    init(_ value: JSON) {
        self.value = value
    }

    /// Parameters whose text value the backend splits at commas and lower-cases: lists of policy names.
    private static let listParameters = [
        "policies", "token_policies", "identity_policies", "allowed_policies", "disallowed_policies",
        "allowed_policies_glob", "disallowed_policies_glob",
    ]

    /// Whether a submitted value is among the allowed ones.
    ///
    /// Of a comma-separated list of policy names each one must be, unless the whole text was named: `dev-*` must not
    /// let `dev-a,admin` pass.
    static func permits(_ submitted: JSON, of name: [UInt8], among values: [ParameterValue]) -> Bool {
        guard case .string(let text) = submitted, listParameters.contains(where: { name.bytesEqual(to: $0) }) else {
            return values.contains { $0.equals(submitted) }
        }
        let parts = listElements(Array(text.utf8))
        guard parts.count > 1 else { return values.contains { $0.equals(submitted) } }
        if values.contains(where: { $0.value.isEquivalent(to: submitted) }) { return true }
        return parts.allSatisfy { part in
            values.contains { $0.equals(.string(String(decoding: part, as: UTF8.self))) }
        }
    }

    /// Whether a submitted value is, or contains, this denied value in any spelling a backend may take for it.
    ///
    /// Backends read `"a,b"` as a list, `"5"` as a number, and some names in lower case and without blanks, so a
    /// denial covers those spellings. The recursion is as deep as the submitted JSON, which its parser bounds.
    func forbids(_ submitted: JSON) -> Bool {
        if equals(submitted) { return true }
        switch submitted {
        case .array(let elements):
            return elements.contains { forbids($0) }
        case .string(let text):
            let bytes = Array(text.utf8)
            return ([PathFolding.trimmed(bytes[...])] + Self.listElements(bytes)).contains { matchesLoosely($0) }
        case .number(let text):
            return matchesLoosely(Array(text.utf8)[...])
        case .bool(let bool):
            return matchesLoosely(Array((bool ? "true" : "false").utf8)[...])
        case .null, .object:
            return false
        }
    }

    /// Strings by glob, everything else by meaning; numbers by value, not by spelling.
    private func equals(_ submitted: JSON) -> Bool {
        if case .string(let pattern) = value, case .string(let text) = submitted {
            return Self.glob(Array(pattern.utf8), matches: Array(text.utf8)[...])
        }
        return value.isEquivalent(to: submitted)
    }

    private func matchesLoosely(_ text: ArraySlice<UInt8>) -> Bool {
        let lower = PathFolding.lowercased(Array(text))
        switch value {
        case .string(let pattern):
            let folded = PathFolding.lowercased(Array(PathFolding.trimmed(Array(pattern.utf8)[...])))
            return Self.glob(folded, matches: lower[...])
        case .number:
            return JSON.number(String(decoding: lower, as: UTF8.self)).isEquivalent(to: value)
        case .bool(let bool):
            let words = bool ? ["true", "t", "1"] : ["false", "f", "0"]
            return words.contains { lower.bytesEqual(to: $0) }
        case .null, .array, .object:
            return false
        }
    }

    private static func listElements(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: UInt8(ascii: ",")).map { PathFolding.trimmed($0) }
    }

    /// Whether a text matches a pattern with `*` at its beginning, its end or both; a lone `*` is itself.
    private static func glob(_ pattern: [UInt8], matches text: ArraySlice<UInt8>) -> Bool {
        guard pattern.count > 1 else { return text.elementsEqual(pattern) }
        switch (pattern.first == PathPattern.star, pattern.last == PathPattern.star) {
        case (true, true): return contains(text, pattern.dropFirst().dropLast())
        case (true, false): return text.suffix(pattern.count - 1).elementsEqual(pattern.dropFirst())
        case (false, true): return text.starts(with: pattern.dropLast())
        case (false, false): return text.elementsEqual(pattern)
        }
    }

    private static func contains(_ text: ArraySlice<UInt8>, _ part: ArraySlice<UInt8>) -> Bool {
        guard text.count >= part.count else { return false }
        return (text.startIndex...(text.endIndex - part.count)).contains { text[$0...].starts(with: part) }
    }
}
