import EngineKit
import Notation

/// The address of a record as it is sealed in front of its payload.
///
///     kind 1 | ordinal 8 | length of the path 4 | path | payload …
///
/// Numbers are big-endian. So a row can be told what it is without knowing its path, and a row that was moved, or
/// whose keyed hashes collide with another's, is noticed.
enum RecordAddress {
    /// The bytes before the path.
    private static let fixedByteCount = 13

    /// The largest path, in bytes. The front door's own limit is far below.
    static let pathLimit = 32_768

    /// The most folders a path of a listed kind lies in: each has a directory entry of its own.
    static let depthLimit = 1024

    /// The address with a payload behind it.
    static func encode(_ key: StoreKey, payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fixedByteCount + key.path.count + payload.count)
        bytes.append(key.kind.id)
        bytes.append(bigEndian: key.ordinal)
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: key.path.count))
        bytes += key.path
        bytes += payload
        return bytes
    }

    /// Takes the address off opened bytes and leaves the payload.
    ///
    /// - Returns: whether it was the address of `key`.
    static func strip(_ key: StoreKey, from bytes: inout [UInt8]) -> Bool {
        let end = fixedByteCount + key.path.count
        guard bytes.count >= end, bytes[0] == key.kind.id else { return false }
        guard bytes.bigEndianUInt64(at: 1) == key.ordinal else { return false }
        guard bytes.bigEndianUInt32(at: 9) == UInt32(truncatingIfNeeded: key.path.count) else { return false }
        guard bytes.span.extracting(fixedByteCount..<end).bytesEqual(to: key.path.span) else { return false }
        bytes.removeSubrange(..<end)
        return true
    }
}

/// A name in a folder as it is sealed in a directory entry.
///
///     kind 1 | ordinal 8 | length of the folder 4 | folder | name
///
/// The folder is written with its trailing slash, and empty for the top; the name of a folder ends in a slash.
enum EntryAddress {
    /// The plaintext of an entry.
    static func encode(kind: UInt8, folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>, ordinal: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(13 + folder.count + name.count)
        bytes.append(kind)
        bytes.append(bigEndian: ordinal)
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: folder.count))
        bytes += folder
        bytes += name
        return bytes
    }

    /// The name and ordinal of an opened entry, if it is one of a certain folder.
    static func decode(
        _ bytes: [UInt8], kind: UInt8, folder: ArraySlice<UInt8>
    ) -> (name: ArraySlice<UInt8>, ordinal: UInt64)? {
        guard bytes.first == kind, let ordinal = bytes.bigEndianUInt64(at: 1),
            bytes.bigEndianUInt32(at: 9) == UInt32(truncatingIfNeeded: folder.count), bytes.count >= 13 + folder.count
        else { return nil }
        let name = bytes[13...]
        guard name.prefix(folder.count).elementsEqual(folder) else { return nil }
        return (name.dropFirst(folder.count), ordinal)
    }
}

extension [UInt8] {
    /// Appends a number, most significant byte first.
    mutating func append(bigEndian number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// The four bytes at an offset as a number; `nil` beyond the end.
    func bigEndianUInt32(at offset: Int) -> UInt32? {
        guard offset >= 0, count >= 4, offset <= count - 4 else { return nil }
        var number: UInt32 = 0
        for index in offset..<(offset + 4) { number = number << 8 | UInt32(self[index]) }
        return number
    }

    /// The eight bytes at an offset as a number; `nil` beyond the end.
    func bigEndianUInt64(at offset: Int) -> UInt64? {
        guard offset >= 0, count >= 8, offset <= count - 8 else { return nil }
        var number: UInt64 = 0
        for index in offset..<(offset + 8) { number = number << 8 | UInt64(self[index]) }
        return number
    }
}
