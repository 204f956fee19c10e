import Notation

/// Numbers and times in stored records: big-endian, at fixed offsets.
extension [UInt8] {
    /// How many bytes a stored time takes: 8 for the seconds since 1970, 4 for the nanoseconds.
    static let storedTimeByteCount = 12

    /// Appends a number, most significant byte first.
    mutating func append(stored number: some FixedWidthInteger) {
        var shift = number.bitWidth
        while shift > 0 {
            shift -= 8
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Appends a time.
    mutating func append(stored time: Timestamp) {
        append(stored: time.seconds)
        append(stored: time.nanoseconds)
    }

    /// The number at an offset; the caller has checked that its bytes are there.
    func stored<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
        var number: Number = 0
        for index in offset..<(offset + Number.bitWidth / 8) {
            number = number << 8 | Number(truncatingIfNeeded: self[index])
        }
        return number
    }

    /// The time at an offset; the caller has checked that its bytes are there.
    func storedTime(at offset: Int) -> Timestamp {
        Timestamp(
            seconds: stored(Int64.self, at: offset),
            nanoseconds: stored(Int32.self, at: offset + 8))
    }
}
