import Notation

extension RowKey {
    /// The bootstrap record: it is read before any key is at hand, so its place is fixed.
    static let bootstrap = RowKey([0, 0, 0, 0, 1])

    /// The realm tag of the barrier's own rows: the bootstrap record and the realms' keys.
    static let ownRealmTag: UInt64 = 0

    /// Appends the 40 bytes of the key.
    func append(to bytes: inout [UInt8]) {
        for index in 0..<5 { bytes.append(bigEndian: words[index]) }
    }

    /// The number that envelopes give for a key that is kept in this row.
    var keyID: UInt64 { words[3] }

    /// The row's name in errors and logs; it reveals nothing.
    var opaqueName: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return "row " + Hexadecimal.encode(bytes)
    }
}
