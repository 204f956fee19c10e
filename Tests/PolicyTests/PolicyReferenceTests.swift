import Notation
import Testing

@testable import PolicyEngine

/// A slow matcher written straight from the rules: exact; exact without slash; the longest plain prefix and all
/// wildcard patterns by priority; the same without slash.
private struct ReferenceMatcher {
    struct Rule {
        var pattern: String
        var capabilities: [String]
    }

    var rules: [Rule]

    private static func segments(_ text: String) -> [[UInt8]] {
        Array(text.utf8).split(separator: 0x2F, omittingEmptySubsequences: false).map(Array.init)
    }

    private static func isWild(_ pattern: String) -> Bool {
        pattern == "+" || pattern.hasPrefix("+/") || pattern.contains("/+")
    }

    private static func withoutStar(_ pattern: String) -> String {
        pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern
    }

    private static func wildMatches(_ pattern: String, _ path: String) -> Bool {
        let isGlob = pattern.hasSuffix("*")
        let own = segments(withoutStar(pattern))
        let parts = segments(path)
        guard isGlob ? parts.count >= own.count : parts.count == own.count else { return false }
        return own.indices.allSatisfy { index in
            own[index] == [0x2B] || own[index] == parts[index]
                || (isGlob && index == own.count - 1 && parts[index].starts(with: own[index]))
        }
    }

    /// What is compared in order; the greater wins.
    private static func priority(_ pattern: String) -> ([Int], [UInt8]) {
        let bare = withoutStar(pattern)
        let bytes = Array(bare.utf8)
        let first = isWild(pattern) ? bytes.firstIndex(of: 0x2B) ?? 0 : bytes.count
        let plus = isWild(pattern) ? segments(bare).count { $0 == [0x2B] } : 0
        return ([first, pattern.hasSuffix("*") ? 0 : 1, -plus, bytes.count], bytes)
    }

    private static func isLower(_ left: String, _ right: String) -> Bool {
        let (left, right) = (priority(left), priority(right))
        if left.0 != right.0 { return left.0.lexicographicallyPrecedes(right.0) }
        return left.1.lexicographicallyPrecedes(right.1)
    }

    private func candidate(_ path: String, _ rules: [String]) -> String? {
        let prefix = rules.filter { !Self.isWild($0) && $0.hasSuffix("*") && path.hasPrefix(Self.withoutStar($0)) }
            .max { $0.utf8.count < $1.utf8.count }
        let wild = rules.filter { Self.isWild($0) && Self.wildMatches($0, path) }
        return (wild + [prefix].compactMap { $0 }).max { Self.isLower($0, $1) }
    }

    /// The winning pattern, and at which of the four steps it was found.
    private func winner(_ path: String, listing: Bool, _ rules: [String]) -> (pattern: String, step: Int)? {
        let exact = rules.filter { !Self.isWild($0) && !$0.hasSuffix("*") }
        if exact.contains(path) { return (path, 1) }
        let shorter = path.hasSuffix("/") ? String(path.dropLast()) : path
        if listing, exact.contains(shorter) { return (shorter, 2) }
        if let found = candidate(path, rules) { return (found, 3) }
        if listing, path.hasSuffix("/"), let found = candidate(shorter, rules) { return (found, 4) }
        return nil
    }

    private func merged(_ pattern: String) -> Set<String> {
        let own = rules.filter { $0.pattern == pattern }.map(\.capabilities)
        return own.contains { $0.contains("deny") } ? [] : Set(own.joined())
    }

    /// Whether the capability is granted, deny rules also counting in lower case.
    func grants(_ capability: String, _ path: String, listing: Bool) -> Bool {
        let patterns = Array(Set(rules.map(\.pattern)))
        let best = winner(path, listing: listing, patterns)
        let denials = Set(rules.filter { $0.capabilities.contains("deny") }.map { $0.pattern.lowercased() })
        if let denial = winner(path.lowercased(), listing: listing, Array(denials)) {
            guard let best else { return false }
            if denial.step < best.step { return false }
            let wins = denial.step == best.step && (denial.step < 3 || !Self.isLower(denial.pattern, best.pattern))
            if wins { return false }
        }
        guard let best else { return false }
        return merged(best.pattern).contains(capability)
    }

    var text: String {
        rules.map { rule in
            let words = rule.capabilities.map { "\"\($0)\"" }.joined(separator: ", ")
            return "path \"\(rule.pattern)\" { capabilities = [\(words)] }"
        }.joined(separator: "\n")
    }
}

@Suite("Policy matching against a literal reference")
struct PolicyReferenceTests {
    private static let pieces = ["a", "b", "ab", "A", "", "a", "b"]

    private static func path(_ random: inout SplitMix) -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "a" }
            .joined(separator: "/")
    }

    private static func pattern(_ random: inout SplitMix) -> String {
        var segments = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            Int.random(in: 0..<4, using: &random) == 0 ? "+" : pieces.randomElement(using: &random) ?? "a"
        }
        if segments.first == "" { segments[0] = "b" }
        if Int.random(in: 0..<3, using: &random) == 0, segments.last != "+" { segments[segments.count - 1] += "*" }
        return segments.joined(separator: "/")
    }

    // security.md A-12: 200,000 triples of policies, path and operation.
    @Test(arguments: 0..<4) func compiledListsAgreeWithTheReference(_ seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) &* 1_000_003 &+ 5)
        let sets = [["read"], ["list"], ["read", "list"], ["deny"], []]
        var granted = 0
        for _ in 0..<2_500 {
            let rules = (0..<Int.random(in: 1...7, using: &random)).map { _ in
                ReferenceMatcher.Rule(
                    pattern: Self.pattern(&random), capabilities: sets.randomElement(using: &random) ?? [])
            }
            let reference = ReferenceMatcher(rules: rules)
            let list = try list(reference.text)
            for _ in 0..<20 {
                var path = Self.path(&random)
                let operation: AccessOperation = Bool.random(using: &random) ? .read : .list
                if operation == .list, !path.hasSuffix("/") { path += "/" }
                while path.hasPrefix("/") { path.removeFirst() }
                let expected = reference.grants("\(operation)", path, listing: operation == .list)
                granted += expected ? 1 : 0
                try #require(
                    list.allows(operation, path) == expected, "\(operation) \(path) under\n\(reference.text)")
            }
        }
        #expect(granted > 5_000)
    }
}
