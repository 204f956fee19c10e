internal import CSodium

/// Random bytes and texts from the operating system's generator.
package enum SecureRandom {
    private static let digits: StaticString = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    /// Overwrites every byte of `span` with a random one.
    package static func fill(_ span: inout MutableSpan<UInt8>) {
        Sodium.require()
        unsafe span.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe randombytes_buf(base, buffer.count)
        }
    }

    /// Makes `count` random bytes that are not key material (nonces, salts, identifiers).
    ///
    /// - Parameter count: 0 or more.
    package static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0, "a count of bytes is not negative")
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        fill(&span)
        return bytes
    }

    /// A number in `0..<bound`, each equally likely.
    ///
    /// - Parameter bound: at least 1.
    package static func uniform(below bound: UInt32) -> UInt32 {
        precondition(bound > 0, "a bound is at least 1")
        Sodium.require()
        return randombytes_uniform(bound)
    }

    /// `count` characters out of 62 letters and digits, each equally likely (5.95 bits a character).
    package static func base62(_ count: Int) -> String {
        precondition(count >= 0, "a count of characters is not negative")
        Sodium.require()
        return unsafe Scratch.withBytes(64) { block in
            var position = 64
            return unsafe String(unsafeUninitializedCapacity: count) { output in
                for index in 0..<count {
                    // Six bits give 0…63; 62 and 63 are drawn again, so no character is favoured.
                    var digit = 64
                    while digit >= 62 {
                        if position == 64 {
                            unsafe randombytes_buf(block, 64)
                            position = 0
                        }
                        digit = unsafe Int(block[position] & 0x3F)
                        position += 1
                    }
                    unsafe output[index] = digits.utf8Start[digit]
                }
                return count
            }
        }
    }

    /// The 16 bytes of a random (version 4) UUID, RFC 9562 section 5.4.
    package static func uuidBytes() -> [16 of UInt8] {
        var uuid = [16 of UInt8](repeating: 0)
        var span = uuid.mutableSpan
        fill(&span)
        uuid[6] = uuid[6] & 0x0F | 0x40
        uuid[8] = uuid[8] & 0x3F | 0x80
        return uuid
    }

    /// A random (version 4) UUID in lower-case text: 8-4-4-4-12 hexadecimal digits.
    package static func uuid() -> String { uuid(of: bytes(16)[...]) }

    /// The text of a version 4 UUID made of 16 random bytes, of which six bits are replaced.
    package static func uuid(of random: ArraySlice<UInt8>) -> String {
        precondition(random.count == 16, "a UUID has 16 bytes")
        return unsafe String(unsafeUninitializedCapacity: 36) { output in
            var position = 0
            for (index, drawn) in random.enumerated() {
                let byte = index == 6 ? drawn & 0x0F | 0x40 : index == 8 ? drawn & 0x3F | 0x80 : drawn
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    unsafe output[position] = 0x2D
                    position += 1
                }
                unsafe output[position] = hexadecimal(byte >> 4)
                unsafe output[position + 1] = hexadecimal(byte & 0x0F)
                position += 2
            }
            return position
        }
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 + nibble : 0x57 + nibble
    }
}
