/// The address of a row as a backend sees it: 40 bytes that reveal nothing.
///
///     realm tag 8 | folder tag 16 | name tag 16
///
/// Each part is a keyed hash made by the barrier. Rows of one folder lie side by side, so listing a folder is one
/// range; rows of one realm lie side by side, so that removing a mount is one range too. Order is bytewise.
package struct RowKey: Hashable, Comparable, Sendable {
    /// How many bytes a row key has.
    package static let byteCount = 40

    /// The five big-endian words of the key.
    package let words: InlineArray<5, UInt64>

    /// Makes a key from its five big-endian words: realm (1), folder (2), name (2).
    package init(_ words: InlineArray<5, UInt64>) {
        self.words = words
    }

    /// Whether two keys are the same 40 bytes.
    package static func == (left: RowKey, right: RowKey) -> Bool {
        for index in 0..<5 where left.words[index] != right.words[index] { return false }
        return true
    }

    /// Mixes the name tag into a hasher: it depends on realm and folder already, so it alone tells rows apart.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(words[3])
        hasher.combine(words[4])
    }

    /// Whether one key sorts before another by bytes.
    package static func < (left: RowKey, right: RowKey) -> Bool {
        for index in 0..<5 where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }
}

/// All rows whose key begins with certain words.
package enum RowRange: Hashable, Sendable {
    /// Every row of the store.
    case all
    /// The rows of a realm, by its tag.
    case realm(UInt64)
    /// The rows of a folder, by the realm's and the folder's tags.
    case folder(realm: UInt64, high: UInt64, low: UInt64)
}
