import EngineKit
import VaultCrypto

/// Computes where things lie: row keys out of realms, kinds, paths and names, by BLAKE2b under the index key.
///
///     realm tag   8 = H(0, realm 16)
///     folder tag 16 = H(1 for records or 2 for entries | realm 16 | kind 1, folder path with its trailing slash)
///     name tag   16 = H(3 | folder tag 16 | ordinal 8, name)
///     the folder tag of the realms' keys = H(4)
///
/// H takes its parts each with its length. Without the index key the tags reveal neither names nor which names are
/// the same in two folders. The index key is never changed: all rows would have to move.
struct RowAddressing: Sendable {
    private let hash: KeyedHash
    /// Where the realms' keys lie.
    let realms: FolderIndexes.Directory

    /// Makes addresses under an index key.
    init(indexKey: borrowing SecretBytes) throws(CryptoError) {
        hash = try KeyedHash(indexKey.duplicate())
        let label: [1 of UInt8] = [4]
        let tag = hash.digest16(label.span)
        realms = FolderIndexes.Directory(realm: RowKey.ownRealmTag, high: Self.word(tag, 0), low: Self.word(tag, 8))
    }

    /// The first word of the rows of a realm.
    func tag(of realm: Realm) -> UInt64 {
        let label: [1 of UInt8] = [0]
        var bytes = [16 of UInt8](repeating: 0)
        Self.write(realm.high, at: 0, into: &bytes)
        Self.write(realm.low, at: 8, into: &bytes)
        let tag = Self.word(hash.digest16(label.span, bytes.span), 0)
        // Zero is the barrier's own.
        return tag == RowKey.ownRealmTag ? 1 : tag
    }

    /// The row that keeps a realm's key.
    func row(of realm: Realm) -> RowKey {
        row(in: realms, name: realm.bytes[...], ordinal: 0)
    }

    /// The row of a record.
    ///
    /// - Parameters:
    ///   - kind: the kind's number: that of `key`, or of the record that carries its data key.
    ///   - ordinal: the record's ordinal; 0 for the record that carries its data key.
    func row(of key: StoreKey, kind: UInt8, ordinal: UInt64, realmTag: UInt64) -> RowKey {
        let split = SplitPath(record: key.path[...])
        let directory = folder(1, split.folder, key.realm, kind, realmTag)
        return row(in: directory, name: split.name, ordinal: ordinal)
    }

    /// Where the entries of a folder lie.
    ///
    /// - Parameter path: the folder's path with its trailing slash; empty for the top.
    func directory(of path: ArraySlice<UInt8>, realm: Realm, kind: UInt8, realmTag: UInt64) -> FolderIndexes.Directory {
        folder(2, path, realm, kind, realmTag)
    }

    /// The row of a name in a folder.
    func row(in directory: FolderIndexes.Directory, name: ArraySlice<UInt8>, ordinal: UInt64) -> RowKey {
        var prefix = [25 of UInt8](repeating: 0)
        prefix[0] = 3
        Self.write(directory.high, at: 1, into: &prefix)
        Self.write(directory.low, at: 9, into: &prefix)
        Self.write(ordinal, at: 17, into: &prefix)
        let tag = hash.digest16(prefix.span, name.span)
        return RowKey([directory.realm, directory.high, directory.low, Self.word(tag, 0), Self.word(tag, 8)])
    }

    private func folder(
        _ label: UInt8, _ path: ArraySlice<UInt8>, _ realm: Realm, _ kind: UInt8, _ realmTag: UInt64
    ) -> FolderIndexes.Directory {
        var prefix = [18 of UInt8](repeating: 0)
        prefix[0] = label
        Self.write(realm.high, at: 1, into: &prefix)
        Self.write(realm.low, at: 9, into: &prefix)
        prefix[17] = kind
        let tag = hash.digest16(prefix.span, path.span)
        return FolderIndexes.Directory(realm: realmTag, high: Self.word(tag, 0), low: Self.word(tag, 8))
    }

    private static func write<let count: Int>(_ word: UInt64, at offset: Int, into bytes: inout [count of UInt8]) {
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * index)) }
    }

    private static func word(_ digest: [16 of UInt8], _ offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<8 { word = word << 8 | UInt64(digest[offset + index]) }
        return word
    }
}
