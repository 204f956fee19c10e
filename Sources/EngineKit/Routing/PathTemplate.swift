/// The pattern of a route: literal segments, `:name` for one segment, and `*name` at the end for all the rest.
///
/// `metadata/*path` matches `metadata/`, `metadata/a` and `metadata/a/b/`; `roles/:name` matches `roles/x`. One
/// trailing slash of the path is ignored, since listings append one, except under `*name`, which keeps it.
package struct PathTemplate: Sendable {
    private enum Segment: Sendable {
        case literal([UInt8])
        case capture(String)
        case rest(String)
    }

    private let segments: [Segment]
    /// The names of the parts of a path that the pattern captures.
    let names: [String]
    /// How exactly the pattern describes a path; of several that match, the highest wins.
    let specificity: [Int]

    /// Reads a pattern from its text.
    package init(_ text: String) {
        segments = text.utf8.split(separator: UInt8(ascii: "/")).map { part in
            let name = String(decoding: part.dropFirst(), as: UTF8.self)
            switch part.first {
            case UInt8(ascii: ":"): return .capture(name)
            case UInt8(ascii: "*"): return .rest(name)
            default: return .literal(Array(part))
            }
        }
        names = segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .capture(let name), .rest(let name): name
            }
        }
        // The end of a pattern counts most: `mounts` comes before `mounts/*path` for the path `mounts`.
        specificity =
            segments.map { segment in
                switch segment {
                case .literal: 2
                case .capture: 1
                case .rest: 0
                }
            } + [3]
    }

    /// The byte that every matching path begins with; `nil` when there is none.
    var firstByte: UInt8? {
        guard case .literal(let bytes)? = segments.first else { return nil }
        return bytes.first
    }

    /// The captures when the path matches; `nil` when it does not.
    func match(_ path: [UInt8]) -> Captures? {
        let slash = UInt8(ascii: "/")
        var captures = Captures()
        var position = path.startIndex
        for segment in segments {
            if case .rest(let name) = segment {
                captures.add(name, path[position...])
                return captures
            }
            guard position < path.endIndex else { return nil }
            let end = path[position...].firstIndex(of: slash) ?? path.endIndex
            switch segment {
            case .literal(let bytes): guard path[position..<end].elementsEqual(bytes) else { return nil }
            case .capture(let name):
                guard end > position else { return nil }
                captures.add(name, path[position..<end])
            case .rest: return nil
            }
            position = end < path.endIndex ? path.index(after: end) : end
        }
        return position == path.endIndex ? captures : nil
    }
}
