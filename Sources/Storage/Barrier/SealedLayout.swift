/// Where the parts of a sealed row lie.
///
/// See `RowFormat` for the layouts.
struct SealedLayout {
    /// The envelope of the key the row carries.
    let wrappedKey: Range<Int>?
    /// The envelope of the row's content.
    let body: Range<Int>

    /// Finds the parts of a row of a format; `nil` when the bytes are no such row.
    init?(of bytes: [UInt8], format: RowFormat) {
        guard format != .none, bytes.first == format.rawValue else { return nil }
        guard format.carriesKey else {
            wrappedKey = nil
            body = 1..<bytes.count
            return
        }
        guard bytes.count >= 3 else { return nil }
        let length = Int(bytes[1]) << 8 | Int(bytes[2])
        guard length <= bytes.count - 3 else { return nil }
        wrappedKey = 3..<(3 + length)
        body = (3 + length)..<bytes.count
    }

    /// Puts a row together.
    static func assemble(_ format: RowFormat, wrappedKey: [UInt8]? = nil, body: some Collection<UInt8>) -> SealedValue {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 + (wrappedKey?.count ?? 0) + body.count)
        bytes.append(format.rawValue)
        if let wrappedKey {
            bytes.append(bigEndian: UInt16(clamping: wrappedKey.count))
            bytes += wrappedKey
        }
        bytes += body
        return SealedValue(sealed: bytes)
    }
}
