/// Entity tags as clients send them back (RFC 9110, sections 8.8.3 and 13.1.2).
package enum EntityTag {
    /// Whether a client has an answer already.
    ///
    /// - Parameters:
    ///   - tag: the answer's tag, quotes included.
    ///   - known: the field `If-None-Match`: `*`, or tags with commas between them, compared weakly; `nil` when the
    ///     client did not say.
    package static func isKnown(_ tag: String, to known: String?) -> Bool {
        guard let known else { return false }
        for part in Array(known.utf8).bytesSplit(on: UInt8(ascii: ",")) {
            var candidate = Array(part).trimmingASCIISpace()
            if candidate.elementsEqual("*".utf8) { return true }
            if candidate.starts(with: "W/".utf8) { candidate = candidate.dropFirst(2) }
            if candidate.elementsEqual(tag.utf8) { return true }
        }
        return false
    }
}
