/// A path taken apart at its last slash.
struct SplitPath {
    /// Everything up to and with the slash; empty at the top.
    let folder: ArraySlice<UInt8>
    /// What comes after the slash. The name of a folder keeps the slash at its end.
    let name: ArraySlice<UInt8>

    /// Takes a record's path apart.
    init(record path: ArraySlice<UInt8>) {
        let cut = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex
        folder = path[..<cut]
        name = path[cut...]
    }

    /// Takes a folder's path, which ends in a slash, apart.
    init(folder path: ArraySlice<UInt8>) {
        let cut = path.dropLast().lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex
        folder = path[..<cut]
        name = path[cut...]
    }
}

/// The directory entries that a record of a listed kind gives rise to, from its own name upward.
///
/// The record `a/b/c` is the name `c` in the folder `a/b/`, which is the name `b/` in `a/`, which is the name `a/` at
/// the top.
struct FolderChain: Sequence, IteratorProtocol {
    private var upcoming: SplitPath?

    /// Begins at a record's path.
    init(of path: [UInt8]) {
        upcoming = SplitPath(record: path[...])
    }

    /// The next entry.
    mutating func next() -> SplitPath? {
        guard let entry = upcoming else { return nil }
        upcoming = entry.folder.isEmpty ? nil : SplitPath(folder: entry.folder)
        return entry
    }
}
