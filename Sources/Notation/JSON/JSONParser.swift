extension JSON {
    /// Reads a document into a tree.
    ///
    /// - Parameters:
    ///   - bytes: The whole document; white space may surround its one value.
    ///   - limits: How much of it is acceptable.
    /// - Throws: ``JSONError`` when the document breaks RFC 8259, is not UTF-8, has a member name twice, or exceeds a
    ///   limit.
    package init(parsing bytes: Span<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        var reader = JSONReader(bytes, limits: limits)
        var builder = JSONTreeBuilder()
        while let token = try reader.next() { builder.add(token, in: bytes) }
        self = builder.root
    }

    /// Reads a document into a tree.
    ///
    /// - Parameters:
    ///   - bytes: The whole document; white space may surround its one value.
    ///   - limits: How much of it is acceptable.
    /// - Throws: ``JSONError`` as for a span.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: bytes.span, limits: limits)
    }

    /// Reads a document from a string's UTF-8 into a tree.
    ///
    /// - Parameters:
    ///   - text: The whole document; white space may surround its one value.
    ///   - limits: How much of it is acceptable.
    /// - Throws: ``JSONError`` as for a span.
    package init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        self = try text.withUTF8Bytes { bytes throws(JSONError) in
            try JSON(parsing: bytes, limits: limits)
        }
    }
}

/// Puts a tree together from the tokens of a document the reader accepts.
///
/// Finished values wait in one list until their container closes and takes its share from the end, so a container is
/// built once, at its final size, and nesting costs no call stack.
private struct JSONTreeBuilder {
    private struct Opening {
        let firstValue: Int
        let firstName: Int
    }

    private var values: [JSON] = []
    private var names: [String] = []
    private var openings: [Opening] = []

    /// The document's value; the reader has accepted the document, so exactly one value is left.
    var root: JSON { values.last ?? .null }

    mutating func add(_ token: JSONToken, in bytes: Span<UInt8>) {
        switch token.kind {
        case .null: values.append(.null)
        case .boolean: values.append(.bool(bytes[token.range.lowerBound] == UInt8(ascii: "t")))
        case .number: values.append(.number(String(validated: bytes.extracting(token.range))))
        case .string: values.append(.string(text(of: token, in: bytes)))
        case .name: names.append(text(of: token, in: bytes))
        case .arrayStart, .objectStart:
            openings.append(Opening(firstValue: values.count, firstName: names.count))
        case .arrayEnd: closeArray()
        case .objectEnd: closeObject()
        }
    }

    private func text(of token: JSONToken, in bytes: Span<UInt8>) -> String {
        let content = bytes.extracting(token.content)
        guard token.hasEscapes else { return String(validated: content) }
        return String(validated: JSONEscapes.decode(content))
    }

    private mutating func closeArray() {
        guard let opening = openings.popLast() else { return }
        let elements = Array(values[opening.firstValue...])
        values.removeSubrange(opening.firstValue...)
        values.append(.array(elements))
    }

    private mutating func closeObject() {
        guard let opening = openings.popLast() else { return }
        var members: [JSONObject.Member] = []
        members.reserveCapacity(names.count - opening.firstName)
        for (name, value) in zip(names[opening.firstName...], values[opening.firstValue...]) {
            members.append(JSONObject.Member(name: name, value: value))
        }
        names.removeSubrange(opening.firstName...)
        values.removeSubrange(opening.firstValue...)
        values.append(.object(JSONObject(members)))
    }
}
