import Notation

/// All flags and segments of one environment at one revision, compiled; a change makes a new set that shares the rest.
package final class FlagSet: Sendable {
    /// Where a prerequisite leads in this set; -1 for a flag or variation that is not there.
    struct Link: Sendable {
        let flag: Int
        let variation: Int
    }

    /// The environment's name.
    package let environment: String
    /// The store's revision that the set shows.
    package let revision: UInt64
    /// The flags, sorted by the bytes of their keys.
    package let flags: [CompiledFlag]
    /// The segments, sorted by the bytes of their names.
    package let segments: [CompiledSegment]
    /// Whether a flag of the set keeps what it gave.
    package let hasStickyAssignments: Bool
    /// What those see who see only what everybody may.
    package let publicPart: PublicPart
    // By place in `flags` and `segments`.
    private let flagTable: KeyTable
    private let segmentTable: KeyTable
    // For each flag its prerequisites' links.
    private let links: [[Link]]

    /// Compiles a set.
    ///
    /// - Parameters:
    ///   - environment: The environment's name.
    ///   - revision: The store's revision that the sources show.
    ///   - flags: The flags; of two with one key the last counts.
    ///   - segments: The segments; of two with one name the last counts.
    package convenience init(
        environment: String, revision: UInt64, flags: [FlagSource] = [], segments: [SegmentSource] = []
    ) {
        let change = FlagSetChange(flags: flags, segments: segments)
        let (flags, segments) = Self.compile(change, flags: [], segments: [])
        self.init(environment: environment, revision: revision, flags: flags, segments: segments)
    }

    private init(
        environment: String, revision: UInt64, flags: [CompiledFlag], segments: [CompiledSegment]
    ) {
        self.environment = environment
        self.revision = revision
        self.flags = flags
        self.segments = segments
        hasStickyAssignments = flags.contains { $0.state?.hasStickyAssignment ?? false }
        let flagTable = KeyTable(flags.map(\.key))
        self.flagTable = flagTable
        segmentTable = KeyTable(segments.map(\.source.name))
        let links = flags.map { flag in
            (flag.source.state?.prerequisites ?? []).map { prerequisite in
                guard let index = flagTable.index(of: prerequisite.flag),
                    let variation = flags[index].source.definition.index(ofVariation: prerequisite.variation)
                else { return Link(flag: -1, variation: -1) }
                return Link(flag: index, variation: variation)
            }
        }
        self.links = links
        publicPart = PublicPart(flags, links)
    }

    /// This set with a change; only what changed, and flags that ask for a changed segment, is compiled again.
    package func applying(_ change: FlagSetChange, revision: UInt64) -> FlagSet {
        let (flags, segments) = Self.compile(change, flags: flags, segments: segments)
        return FlagSet(environment: environment, revision: revision, flags: flags, segments: segments)
    }

    private static func compile(
        _ change: FlagSetChange, flags present: [CompiledFlag], segments presentSegments: [CompiledSegment]
    ) -> (flags: [CompiledFlag], segments: [CompiledSegment]) {
        var segments = Dictionary(presentSegments.map { (Array($0.source.name.utf8), $0) }) { $1 }
        for name in change.removedSegments { segments[Array(name.utf8)] = nil }
        for source in change.segments { segments[Array(source.name.utf8)] = CompiledSegment(source) }
        let segment = { (name: String) in segments[Array(name.utf8)] }

        var flags = Dictionary(present.map { (Array($0.key.utf8), $0) }) { $1 }
        for key in change.removedFlags { flags[Array(key.utf8)] = nil }
        let changed = Set((change.removedSegments + change.segments.map(\.name)).map { Array($0.utf8) })
        for (key, flag) in flags where !changed.isEmpty {
            let used = flag.source.state?.segmentsInUse ?? []
            guard used.contains(where: { changed.contains(Array($0.utf8)) }) else { continue }
            flags[key] = CompiledFlag(flag.source, segment: segment)
        }
        for source in change.flags { flags[Array(source.key.utf8)] = CompiledFlag(source, segment: segment) }
        return (
            flags.values.sorted { ByteOrder.precedes($0.key, $1.key) },
            segments.values.sorted { ByteOrder.precedes($0.source.name, $1.source.name) }
        )
    }

    /// The flag of a key.
    package func flag(_ key: String) -> CompiledFlag? { index(of: key).map { flags[$0] } }

    /// The segment of a name.
    package func segment(_ name: String) -> CompiledSegment? { segmentTable.index(of: name).map { segments[$0] } }

    /// The place of a flag in ``flags``.
    package func index(of key: String) -> Int? { flagTable.index(of: key) }

    /// Where the prerequisites of the flag at a place lead.
    func links(of index: Int) -> [Link] { links[index] }
}

/// What is different in the next revision of a flag set.
package struct FlagSetChange: Sendable {
    /// Flags that are new or different.
    package var flags: [FlagSource]
    /// Keys of flags that are gone.
    package var removedFlags: [String]
    /// Segments that are new or different.
    package var segments: [SegmentSource]
    /// Names of segments that are gone.
    package var removedSegments: [String]

    /// Makes a change.
    package init(
        flags: [FlagSource] = [], removedFlags: [String] = [], segments: [SegmentSource] = [],
        removedSegments: [String] = []
    ) {
        self.flags = flags
        self.removedFlags = removedFlags
        self.segments = segments
        self.removedSegments = removedSegments
    }
}
