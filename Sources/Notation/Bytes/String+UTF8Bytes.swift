extension String {
    /// Calls a function with this string's UTF-8, which is there for the length of the call only.
    ///
    /// - Parameter body: Takes the bytes.
    /// - Returns: What the function returns.
    /// - Throws: What the function throws.
    package func withUTF8Bytes<Value, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // Why not `utf8.span`: the span of a string of up to 15 bytes points into the caller's stack frame. When Swift
        // 6.3 inlines a function with that call into another module it forgets so, and LLVM may then end the frame
        // before the span's last use (seen in release builds, where such strings read as other bytes). Here the
        // pointer itself goes into the call, which both keep track of.
        let outcome = unsafe utf8.withContiguousStorageIfAvailable { buffer in
            // The span does not leave the call for which the standard library vouches for the pointer.
            unsafe Self.outcome(of: body, with: buffer.span)
        }
        if let outcome { return try outcome.get() }
        // Strings that are not stored as contiguous UTF-8 do not come up on Linux; copying them is right all the same.
        let copy = [UInt8](utf8)
        return try body(copy.span)
    }

    private static func outcome<Value, Failure: Error>(
        of body: (Span<UInt8>) throws(Failure) -> Value, with bytes: Span<UInt8>
    ) -> Result<Value, Failure> {
        do throws(Failure) {
            return .success(try body(bytes))
        } catch {
            return .failure(error)
        }
    }
}
