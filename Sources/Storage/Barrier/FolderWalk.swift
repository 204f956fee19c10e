import EngineKit
import Notation

/// A walk over everything below a folder, in the order of whole paths, with a stack of its own.
///
/// Depth first in the order of names is the order of paths, because a folder's name ends in the slash that all paths
/// below it have at that place.
struct FolderWalk {
    private struct Frame {
        /// The folder, relative to where the walk began; empty or with a trailing slash.
        let prefix: [UInt8]
        var names: [[UInt8]]
        var next = 0
        var isTruncated: Bool
    }

    /// How many names of one folder are at hand at a time; the walk keeps that many for each level.
    private static let namesAtOnce = 1024

    private let barrier: OpenBarrier
    private let realm: RealmKey
    private let listing: Listing
    private let top: [UInt8]
    private var stack: [Frame] = []
    private var found: [[UInt8]] = []

    /// Prepares a walk.
    init(_ barrier: OpenBarrier, _ realm: RealmKey, _ listing: Listing) {
        self.barrier = barrier
        self.realm = realm
        self.listing = listing
        top = OpenBarrier.slashed(listing.folder.path)
    }

    /// Walks until the end or the limit.
    mutating func run() async throws(StoreError) -> NamePage {
        try await enter([])
        while let frame = stack.last {
            guard frame.next < frame.names.count else {
                try await finishPage(of: frame)
                continue
            }
            stack[stack.count - 1].next += 1
            let name = frame.names[frame.next]
            let path = frame.prefix + name
            if name.last == UInt8(ascii: "/") {
                if mayHoldWanted(path) { try await enter(path) }
            } else if isWanted(path) {
                guard found.count < listing.limit else { return NamePage(names: found, isTruncated: true) }
                found.append(path)
            }
        }
        return NamePage(names: found, isTruncated: false)
    }

    private mutating func enter(_ prefix: [UInt8]) async throws(StoreError) {
        let page = try await page(of: prefix, after: startingName(in: prefix))
        stack.append(Frame(prefix: prefix, names: page.names, isTruncated: page.isTruncated))
    }

    private mutating func finishPage(of frame: Frame) async throws(StoreError) {
        stack.removeLast()
        guard frame.isTruncated, let last = frame.names.last else { return }
        let page = try await page(of: frame.prefix, after: last)
        stack.append(Frame(prefix: frame.prefix, names: page.names, isTruncated: page.isTruncated))
    }

    private func page(of prefix: [UInt8], after: [UInt8]?) async throws(StoreError) -> NamePage {
        try await barrier.page(
            of: (top + prefix)[...], kind: listing.folder.kind.id, in: realm, after: after, limit: Self.namesAtOnce)
    }

    /// Whether a path comes after the one the listing continues from.
    private func isWanted(_ path: [UInt8]) -> Bool {
        listing.after.map { ByteOrder.precedes($0, path) } ?? true
    }

    /// Whether something below a folder can come after the path the listing continues from.
    private func mayHoldWanted(_ folder: [UInt8]) -> Bool {
        isWanted(folder) || (listing.after?.hasBytePrefix(folder) ?? true)
    }

    /// The name in a folder before which nothing is wanted: where the listing continues, up to its next slash.
    private func startingName(in prefix: [UInt8]) -> [UInt8]? {
        guard let after = listing.after, after.hasBytePrefix(prefix) else { return nil }
        let rest = after.dropFirst(prefix.count)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return rest.isEmpty ? nil : Array(rest) }
        let name = Array(rest[..<slash])
        return name.isEmpty ? nil : name
    }
}
