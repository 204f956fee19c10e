internal import Notation

/// Rules compiled for lookup by path: one sorted table for exact and prefix patterns, one list for those with `+`.
///
/// A lookup allocates nothing. In the sorted table the longest prefix of a path is the last entry not above the path,
/// or one of that entry's own prefixes, which are linked; so one binary search answers both for an exact rule and for
/// the longest prefix.
struct RuleTable: Sendable {
    /// How specifically a rule matched; a smaller stage wins over a greater one.
    enum Stage: UInt8, Comparable {
        case exact, exactWithoutSlash, pattern, patternWithoutSlash

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    /// A rule that matched.
    struct Match {
        /// Its index among the rules the table was made from.
        var rule: Int
        /// How it matched.
        var stage: Stage
    }

    /// One distinct byte sequence, with the exact rule and the prefix rule of those bytes.
    private struct Entry {
        var start: Int
        var end: Int
        var exactRule: Int?
        var prefixRule: Int?
        /// The longest other entry with a prefix rule that this entry begins with.
        var parent: Int?
    }

    private let patterns: [PathPattern]
    private var keys: [UInt8] = []
    private var entries: [Entry] = []
    /// The rules with segment wildcards, best first.
    private let wildcards: [Int]

    /// Compiles patterns. No two may be equal.
    init(_ patterns: [PathPattern]) {
        self.patterns = patterns
        wildcards = patterns.indices
            .filter { if case .segments = patterns[$0].kind { true } else { false } }
            .sorted { patterns[$1].hasLowerPriority(than: patterns[$0]) }
        buildEntries()
    }

    /// The best rule for a path.
    ///
    /// - Parameters:
    ///   - path: the path.
    ///   - listing: whether the path names a folder, so that rules for it without its trailing `/` count too.
    func match(_ path: Span<UInt8>, listing: Bool) -> Match? {
        let entry = lastEntry(notAbove: path)
        if let rule = exactRule(entry, path) { return Match(rule: rule, stage: .exact) }
        let hasSlash = listing && path.count > 0 && path[path.count - 1] == PathPattern.slash
        guard hasSlash else { return patternRule(entry, path).map { Match(rule: $0, stage: .pattern) } }
        let shorter = path.extracting(droppingLast: 1)
        let shorterEntry = lastEntry(notAbove: shorter)
        if let rule = exactRule(shorterEntry, shorter) { return Match(rule: rule, stage: .exactWithoutSlash) }
        if let rule = patternRule(entry, path) { return Match(rule: rule, stage: .pattern) }
        return patternRule(shorterEntry, shorter).map { Match(rule: $0, stage: .patternWithoutSlash) }
    }

    private func exactRule(_ entry: Int?, _ path: Span<UInt8>) -> Int? {
        guard let entry, entries[entry].end - entries[entry].start == path.count else { return nil }
        return isPrefix(entry, of: path) ? entries[entry].exactRule : nil
    }

    /// The best of the longest prefix rule and the rules with segment wildcards.
    private func patternRule(_ entry: Int?, _ path: Span<UInt8>) -> Int? {
        let prefix = longestPrefixRule(entry, path)
        for wildcard in wildcards {
            if let prefix, !patterns[prefix].hasLowerPriority(than: patterns[wildcard]) { return prefix }
            if patterns[wildcard].matches(path) { return wildcard }
        }
        return prefix
    }

    private func longestPrefixRule(_ entry: Int?, _ path: Span<UInt8>) -> Int? {
        var candidate = entry
        while let current = candidate {
            if let rule = entries[current].prefixRule, isPrefix(current, of: path) { return rule }
            candidate = entries[current].parent
        }
        return nil
    }
}

extension RuleTable {
    private func lastEntry(notAbove path: Span<UInt8>) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if ByteOrder.precedes(path, key(middle)) { high = middle } else { low = middle + 1 }
        }
        return low > 0 ? low - 1 : nil
    }

    private func isPrefix(_ entry: Int, of path: Span<UInt8>) -> Bool { path.hasBytePrefix(key(entry)) }

    @_lifetime(borrow self)
    private func key(_ entry: Int) -> Span<UInt8> {
        keys.span.extracting(entries[entry].start..<entries[entry].end)
    }

    private mutating func buildEntries() {
        let plain = patterns.indices.filter { patterns[$0].kind == .exact || patterns[$0].kind == .prefix }
        var parents: [Int] = []
        for index in plain.sorted(by: { ByteOrder.precedes(patterns[$0].bytes, patterns[$1].bytes) }) {
            let bytes = patterns[index].bytes
            if let last = entries.indices.last, key(last).bytesEqual(to: bytes.span) {
                set(index, in: last)
            } else {
                // Entries come in order, so those that this one begins with are the top of the stack.
                if let last = entries.indices.last, entries[last].prefixRule != nil { parents.append(last) }
                while let top = parents.last, !bytes.span.hasBytePrefix(key(top)) { parents.removeLast() }
                entries.append(Entry(start: keys.count, end: keys.count + bytes.count, parent: parents.last))
                keys.append(contentsOf: bytes)
                set(index, in: entries.count - 1)
            }
        }
    }

    private mutating func set(_ rule: Int, in entry: Int) {
        if patterns[rule].kind == .exact { entries[entry].exactRule = rule } else { entries[entry].prefixRule = rule }
    }
}
