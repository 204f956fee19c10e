/// One step through a JSON document.
struct JSONToken {
    /// What a token is.
    enum Kind: UInt8 {
        case null, boolean, number, string, name, arrayStart, arrayEnd, objectStart, objectEnd
    }

    /// What this token is.
    let kind: Kind
    /// Where it stands in the document, with the quotes of a string or name and without the colon after a name.
    let range: Range<Int>
    /// Whether a string or name holds at least one backslash sequence.
    let hasEscapes: Bool

    /// Where the text between the quotes of a string or name stands.
    ///
    /// The reader only makes string and name tokens that hold both quotes, so the bounds never cross.
    var content: Range<Int> { (range.lowerBound &+ 1)..<(range.upperBound &- 1) }

    /// Whether this token begins an array or object.
    var opensContainer: Bool { kind == .arrayStart || kind == .objectStart }

    /// Whether this token ends an array or object.
    var closesContainer: Bool { kind == .arrayEnd || kind == .objectEnd }
}
