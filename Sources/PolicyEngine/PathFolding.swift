/// The spellings of a path that a backend may take for the same name.
///
/// Some backends lower-case names or strip the blanks around them, so `Admin` or `admin ` would slip past a rule that
/// denies `admin`. Deny rules are therefore matched against these spellings too. Only ASCII is folded.
enum PathFolding {
    /// The other spellings of a path to hold against deny rules; empty when they are all the path itself.
    static func spellings(of path: Span<UInt8>) -> [[UInt8]] {
        var hasUppercase = false
        var hasBlank = false
        for index in path.indices {
            let byte = path[index]
            hasUppercase = hasUppercase || (0x41...0x5A).contains(byte)
            hasBlank = hasBlank || isBlank(byte)
        }
        guard hasUppercase || hasBlank else { return [] }
        var lower: [UInt8] = []
        lower.reserveCapacity(path.count)
        for index in path.indices { lower.append(lowercased(path[index])) }
        guard hasBlank else { return [lower] }
        let trimmed = trimmingSegments(lower)
        return trimmed == lower ? [lower] : [lower, trimmed]
    }

    /// Bytes with ASCII capitals made small.
    static func lowercased(_ bytes: [UInt8]) -> [UInt8] { bytes.map { lowercased($0) } }

    /// Bytes without the blanks at either end.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmingSegments(_ path: [UInt8]) -> [UInt8] {
        let segments = path.split(separator: PathPattern.slash, omittingEmptySubsequences: false)
        return Array(segments.map(trimmed).joined(separator: [PathPattern.slash]))
    }
}
