/// Where the members of a document's object stand in its bytes.
///
/// Making one checks the whole document in one pass, as the parser would, and builds no tree: a caller that only passes
/// a member on takes its bytes as they were written. The index holds places, not bytes, so every question about
/// content is asked with the same span the index was made from; another span gives other content, never a trap.
package struct JSONIndex: Sendable {
    /// One member of the outermost object.
    package struct Member: Sendable {
        /// Where the text between the name's quotes stands.
        package let nameRange: Range<Int>
        /// What the name stands for, when it was written with escapes.
        let decodedName: [UInt8]?
        /// Where the value stands, from its first byte to its last; a string's quotes are included.
        package let valueRange: Range<Int>
        /// What the value is.
        package let valueKind: JSON.Kind
    }

    /// What the document's value is.
    package let kind: JSON.Kind
    /// Where the document's value stands, without the white space around it.
    package let valueRange: Range<Int>
    /// The members in the order they were written; empty when the value is not an object.
    package let members: [Member]

    /// Checks a document and notes where the members of its object stand.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - limits: How much of it is acceptable.
    /// - Throws: ``JSONError`` exactly when parsing the document would.
    package init(scanning bytes: Span<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        var reader = JSONReader(bytes, limits: limits)
        guard let first = try reader.next(), let kind = first.valueKind else {
            throw JSONError(.unexpectedEnd, at: bytes.count)
        }
        var members: [Member] = []
        if kind == .object { members.reserveCapacity(4) }
        var end = first.range.upperBound
        var pending: PendingMember?
        while let token = try reader.next() {
            end = token.range.upperBound
            guard kind == .object, reader.depth <= 2 else { continue }
            if reader.depth == 1, token.kind == .name {
                pending = PendingMember(token, in: bytes)
            } else if let member = pending?.finish(with: token, depthAfter: reader.depth) {
                members.append(member)
                pending = nil
            }
        }
        self.kind = kind
        self.valueRange = first.range.lowerBound..<end
        self.members = members
    }

    /// Checks a document and notes where the members of its object stand, as for a span.
    package init(scanning bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        try self.init(scanning: bytes.span, limits: limits)
    }

    /// The member of a name, compared by bytes.
    ///
    /// - Parameters:
    ///   - name: What the name stands for.
    ///   - bytes: The span the index was made from.
    package func member(_ name: String, in bytes: Span<UInt8>) -> Member? {
        members.first { $0.isNamed(name, in: bytes) }
    }

    /// The member of a name, compared by bytes, as for a span.
    package func member(_ name: String, in bytes: [UInt8]) -> Member? { member(name, in: bytes.span) }
}

extension JSONIndex.Member {
    /// Whether the name stands for a string's UTF-8.
    package func isNamed(_ name: String, in bytes: Span<UInt8>) -> Bool {
        if let decodedName { return decodedName.bytesEqual(to: name) }
        guard nameRange.upperBound <= bytes.count else { return false }
        return bytes.extracting(nameRange).bytesEqual(to: name)
    }

    /// What the name stands for, as UTF-8.
    package func name(in bytes: Span<UInt8>) -> [UInt8] {
        if let decodedName { return decodedName }
        guard nameRange.upperBound <= bytes.count else { return [] }
        return [UInt8](bytes.extracting(nameRange))
    }
}

/// A member whose name has been read and whose value has not ended.
private struct PendingMember {
    private let nameRange: Range<Int>
    private let decodedName: [UInt8]?
    private var start: Int?
    private var kind = JSON.Kind.null

    init(_ token: JSONToken, in bytes: Span<UInt8>) {
        nameRange = token.content
        decodedName = token.hasEscapes ? JSONEscapes.decode(bytes.extracting(token.content)) : nil
    }

    /// Takes the next token of the value; returns the member when the value is complete.
    mutating func finish(with token: JSONToken, depthAfter depth: Int) -> JSONIndex.Member? {
        if start == nil, let valueKind = token.valueKind {
            start = token.range.lowerBound
            kind = valueKind
        }
        guard depth == 1, let start else { return nil }
        return JSONIndex.Member(
            nameRange: nameRange, decodedName: decodedName, valueRange: start..<token.range.upperBound,
            valueKind: kind)
    }
}
