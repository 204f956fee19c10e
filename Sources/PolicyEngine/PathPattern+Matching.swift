internal import Notation

extension PathPattern {
    /// Whether the pattern matches a path, byte by byte and without allocating.
    package func matches(_ path: Span<UInt8>) -> Bool {
        switch kind {
        case .exact: path.bytesEqual(to: bytes.span)
        case .prefix: path.hasBytePrefix(bytes.span)
        case .segments(let endsInGlob): matchesSegments(path, lastIsPrefix: endsInGlob)
        }
    }

    /// Walks pattern and path together, one segment at a time.
    private func matchesSegments(_ path: Span<UInt8>, lastIsPrefix: Bool) -> Bool {
        let pattern = bytes.span
        var patternStart = 0
        var pathStart = 0
        while true {
            let patternEnd = Self.segmentEnd(pattern, from: patternStart)
            let pathEnd = Self.segmentEnd(path, from: pathStart)
            let isLast = patternEnd == pattern.count
            let segment = pattern.extracting(patternStart..<patternEnd)
            let candidate = path.extracting(pathStart..<pathEnd)
            if isLast, lastIsPrefix { return candidate.hasBytePrefix(segment) }
            let isWildcard = segment.count == 1 && segment[0] == Self.plus
            guard isWildcard || segment.bytesEqual(to: candidate) else { return false }
            if isLast { return pathEnd == path.count }
            guard pathEnd < path.count else { return false }
            patternStart = patternEnd + 1
            pathStart = pathEnd + 1
        }
    }

    private static func segmentEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != slash { index &+= 1 }
        return index
    }
}
