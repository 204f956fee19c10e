import Notation

/// The stored form of one version's value: `format 1 | created 12 | the value's JSON text as it was received`.
///
/// The time is that of the metadata's entry. A reader compares them, and so notices when metadata and value come from
/// two different secrets of one path, because one was deleted and the other written between the two reads.
struct StoredVersion: Sendable {
    private static let format: UInt8 = 1
    private static let headerByteCount = 13

    private let bytes: [UInt8]

    /// Looks at stored bytes; `nil` when they are not of this form.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerByteCount, bytes[0] == Self.format else { return nil }
        self.bytes = bytes
    }

    /// When the version was written.
    var createdTime: Timestamp { bytes.storedTime(at: 1) }

    /// The value's JSON text.
    var json: ArraySlice<UInt8> { bytes[Self.headerByteCount...] }

    /// The bytes to store for a value.
    static func encode(_ json: some Collection<UInt8>, createdTime: Timestamp) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerByteCount + json.count)
        bytes.append(format)
        bytes.append(stored: createdTime)
        bytes += json
        return bytes
    }
}
