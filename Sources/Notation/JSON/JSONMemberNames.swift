/// The names met so far in every open object, to refuse the second use of one.
///
/// Names are compared by the bytes they stand for, so `"a"` and `"\u0061"` are the same. A small object compares each
/// new name with the ones before it. A large one waits until it closes: names in order or with different hashes are
/// different, and only when two hashes are the same are the names themselves sorted and compared with their
/// neighbours. The work stays near-linear whatever the names are, even for hashes that collide.
struct JSONMemberNames {
    private struct Name {
        let range: Range<Int>
        let isDecoded: Bool
        let offset: Int
    }

    private static let pairwiseLimit = 16

    // Names of all open objects, each object's after a marker whose range begins where the enclosing object's start.
    private var names: [Name] = []
    // Where the innermost object's names start.
    private var start = 0
    // What names with escapes stand for, one after the other.
    private var decoded: [UInt8] = []

    /// Begins an object.
    mutating func open() {
        if names.isEmpty { names.reserveCapacity(Self.pairwiseLimit) }
        names.append(Name(range: start..<start, isDecoded: false, offset: 0))
        start = names.count
    }

    /// Adds a name to the innermost open object.
    ///
    /// - Throws: ``JSONError/Reason/duplicateName`` when the object is small and has the name.
    mutating func add(_ token: JSONToken, in bytes: Span<UInt8>) throws(JSONError) {
        var range = token.content
        if token.hasEscapes {
            let decodedStart = decoded.count
            JSONEscapes.decode(bytes.extracting(range), into: &decoded)
            range = decodedStart..<decoded.count
        }
        let name = Name(range: range, isDecoded: token.hasEscapes, offset: token.range.lowerBound)
        if names.count &- start < Self.pairwiseLimit {
            for index in start..<names.count where areEqual(names[index], name, in: bytes) {
                throw JSONError(.duplicateName, at: name.offset)
            }
        }
        names.append(name)
    }

    /// Ends the innermost open object.
    ///
    /// - Throws: ``JSONError/Reason/duplicateName`` when the object is large and has a name twice.
    mutating func close(in bytes: Span<UInt8>) throws(JSONError) {
        if names.count &- start > Self.pairwiseLimit { try checkLarge(names[start...], in: bytes) }
        names.removeLast(names.count &- start)
        start = names.popLast()?.range.lowerBound ?? 0
        if names.isEmpty { decoded.removeAll(keepingCapacity: true) }
    }

    private func checkLarge(_ large: ArraySlice<Name>, in bytes: Span<UInt8>) throws(JSONError) {
        // Writers often sort their names; then this one pass is enough.
        var isAscending = true
        for index in large.indices.dropFirst() where !precedes(large[index - 1], large[index], in: bytes) {
            isAscending = false
            break
        }
        if isAscending || haveDifferentHashes(large, in: bytes) { return }
        let sorted = large.sorted { precedes($0, $1, in: bytes) }
        for index in sorted.indices.dropFirst() where !precedes(sorted[index - 1], sorted[index], in: bytes) {
            throw JSONError(.duplicateName, at: max(sorted[index - 1].offset, sorted[index].offset))
        }
    }

    private func haveDifferentHashes(_ large: ArraySlice<Name>, in bytes: Span<UInt8>) -> Bool {
        var hashes: [Int] = []
        hashes.reserveCapacity(large.count)
        for name in large {
            var hasher = Hasher()
            // The pointer lives for the call only.
            unsafe text(of: name, in: bytes).withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
            hashes.append(hasher.finalize())
        }
        hashes.sort()
        for index in hashes.indices.dropFirst() where hashes[index - 1] == hashes[index] { return false }
        return true
    }

    private func areEqual(_ left: Name, _ right: Name, in bytes: Span<UInt8>) -> Bool {
        guard left.range.count == right.range.count else { return false }
        return text(of: left, in: bytes).bytesEqual(to: text(of: right, in: bytes))
    }

    private func precedes(_ left: Name, _ right: Name, in bytes: Span<UInt8>) -> Bool {
        ByteOrder.precedes(text(of: left, in: bytes), text(of: right, in: bytes))
    }

    @_lifetime(borrow self, copy bytes)
    private func text(of name: Name, in bytes: Span<UInt8>) -> Span<UInt8> {
        guard name.isDecoded else { return bytes.extracting(name.range) }
        return decoded.span.extracting(name.range)
    }
}
