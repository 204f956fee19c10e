import EngineKit

extension OpenBarrier {
    private static let rowsAtOnce = 512

    /// Lists the names of a folder, or of everything below it.
    func list(_ listing: Listing) async throws(StoreError) -> NamePage {
        guard let realm = try await realm(listing.folder.realm) else { return NamePage(names: [], isTruncated: false) }
        guard !listing.isRecursive else {
            var walk = FolderWalk(self, realm, listing)
            return try await walk.run()
        }
        return try await page(
            of: Self.slashed(listing.folder.path)[...], kind: listing.folder.kind.id, in: realm, after: listing.after,
            limit: listing.limit)
    }

    /// One page of a folder's names.
    ///
    /// - Parameter folder: the folder's path with its trailing slash; empty for the top.
    func page(
        of folder: ArraySlice<UInt8>, kind: UInt8, in realm: RealmKey, after: [UInt8]?, limit: Int
    ) async throws(StoreError) -> NamePage {
        let directory = addressing.directory(of: folder, realm: realm.realm, kind: kind, realmTag: realm.tag)
        if let index = indexes.find(directory) { return index.page(after: after, limit: limit) }
        let token = indexes.token(for: directory)
        var collector = NameCollector(after: after, limit: limit, byteLimit: indexes.largestIndexed)
        var cursor: RowKey?
        while true {
            let rows = try await store.rows(in: directory.range, after: cursor, limit: Self.rowsAtOnce)
            for (row, sealed) in rows {
                collector.add(try openEntry(row, sealed.value, kind: kind, folder: folder, in: realm))
            }
            guard rows.count == Self.rowsAtOnce, let last = rows.last else { break }
            cursor = last.key
        }
        let (page, index) = collector.finish()
        if let index { indexes.keep(index, of: directory, token: token) }
        return page
    }

    /// A folder's path as the barrier writes it.
    static func slashed(_ path: [UInt8]) -> [UInt8] {
        path.isEmpty ? [] : path + [UInt8(ascii: "/")]
    }
}
