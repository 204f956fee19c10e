import EngineKit
package import Notation

/// The flags of a set that everybody may see, with everything their outcome depends on.
///
/// It stays the same while other flags change, so that a page that holds a token for browsers is not told to fetch what
/// it has already. It is made once for a set and not for each request.
package struct PublicPart: Sendable {
    /// The newest revision of all that is a part of it; 0 when nothing is.
    package let revision: UInt64
    /// Stands for the revisions of all that is a part of it. The newest one alone would not do: a flag can leave.
    package let digest: [UInt8]
    // The instants at which an outcome can change by itself, in order.
    private let timeBoundaries: [Timestamp]

    /// Goes through the flags, the flags that they have as prerequisites, and the segments of both.
    init(_ flags: [CompiledFlag], _ links: [[FlagSet.Link]]) {
        var seen: Set<Int> = []
        var waiting = flags.indices.filter { flags[$0].source.definition.isClientVisible }
        while let index = waiting.popLast() {
            guard seen.insert(index).inserted else { continue }
            waiting += links[index].map(\.flag).filter { $0 >= 0 }
        }
        let parts = seen.sorted().map { flags[$0] }
        var hash = BLAKE2b256()
        var newest: UInt64 = 0
        // Each revision is that of one change, so that nothing else need be told apart.
        for revision in parts.flatMap({ [$0.source.revision] + $0.segments.map(\.source.revision) }) {
            hash.update(number: revision)
            newest = max(newest, revision)
        }
        revision = newest
        digest = hash.finish().bytes
        timeBoundaries = parts.flatMap(\.timeBoundaries).sorted()
    }

    /// The next instant after another at which an outcome can change without a new revision.
    package func nextTimeBoundary(after now: Timestamp) -> Timestamp? { timeBoundaries.first { $0 > now } }
}

extension BLAKE2b256 {
    /// Takes in a number, its first byte first.
    mutating func update(number: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { update(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
