/// Makes a 16-byte digest from a function that writes exactly 16 bytes.
@inline(__always)
func withDigest16(_ write: (UnsafeMutablePointer<UInt8>) -> Void) -> [16 of UInt8] {
    var digest = [16 of UInt8](repeating: 0)
    var span = digest.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe write(base)
    }
    return digest
}

/// Makes a 32-byte digest from a function that writes exactly 32 bytes.
@inline(__always)
func withDigest32(_ write: (UnsafeMutablePointer<UInt8>) -> Void) -> [32 of UInt8] {
    var digest = [32 of UInt8](repeating: 0)
    var span = digest.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe write(base)
    }
    return digest
}

/// Makes 64 bytes (a digest or a signature) from a function that writes exactly 64 bytes.
@inline(__always)
func withDigest64(_ write: (UnsafeMutablePointer<UInt8>) -> Void) -> [64 of UInt8] {
    var digest = [64 of UInt8](repeating: 0)
    var span = digest.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe write(base)
    }
    return digest
}

extension InlineArray where Element == UInt8 {
    /// The bytes as an array, for storage and text.
    package var array: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Appends the bytes to `bytes`.
    package func append(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + count)
        for index in indices { bytes.append(self[index]) }
    }
}
