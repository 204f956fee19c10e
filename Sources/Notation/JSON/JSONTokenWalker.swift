/// Rewrites a JSON document while reading it once.
package enum JSONTokenWalker {
    /// Where a value stands in its document.
    package struct Place: Sendable {
        /// How many arrays and objects are open around the value; 0 for the document's own value.
        package let depth: Int
        /// What the value is.
        package let kind: JSON.Kind
        /// What the name of the member of the outermost object stands for in which the value is; `nil` when the
        /// document's value is not an object.
        package let topLevelName: [UInt8]?
    }

    /// Which values a rewrite offers for replacement.
    package enum Scope: Sendable {
        /// Strings only.
        case strings
        /// Strings, numbers, booleans and nulls.
        case scalars
    }

    /// Copies a document and replaces strings in it by others.
    ///
    /// White space between tokens is left out, so the result is one line. Names are never replaced, and everything
    /// that is not replaced is copied as it was written.
    ///
    /// - Parameters:
    ///   - bytes: The whole document.
    ///   - output: Where the result is appended; unchanged when an error is thrown.
    ///   - limits: How much of the document is acceptable.
    ///   - scope: Which values are offered.
    ///   - transform: Takes what a string stands for as UTF-8 (or the text of another scalar) and its place, and
    ///     returns the text of the string to write instead, or `nil` to keep the value.
    /// - Throws: ``JSONError`` exactly when parsing the document would.
    package static func rewriteStrings(
        _ bytes: Span<UInt8>,
        into output: inout [UInt8],
        limits: JSONLimits = .default,
        offering scope: Scope = .strings,
        transform: (_ decoded: Span<UInt8>, _ place: Place) -> [UInt8]?
    ) throws(JSONError) {
        let originalCount = output.count
        do throws(JSONError) {
            try copy(bytes, into: &output, limits: limits, scope: scope, transform: transform)
        } catch {
            output.removeSubrange(originalCount...)
            throw error
        }
    }

    private static func copy(
        _ bytes: Span<UInt8>,
        into output: inout [UInt8],
        limits: JSONLimits,
        scope: Scope,
        transform: (_ decoded: Span<UInt8>, _ place: Place) -> [UInt8]?
    ) throws(JSONError) {
        output.reserveAdditional(bytes.count)
        var reader = JSONReader(bytes, limits: limits)
        var topLevelName: [UInt8]?
        var needsComma = false
        while let token = try reader.next() {
            if needsComma, !token.closesContainer { output.append(UInt8(ascii: ",")) }
            needsComma = !token.opensContainer && token.kind != .name
            if token.kind == .name, reader.depth == 1 {
                topLevelName = JSONEscapes.decode(bytes.extracting(token.content))
            }
            if let kind = token.isOffered(by: scope) {
                let place = Place(depth: reader.depth, kind: kind, topLevelName: topLevelName)
                if let text = replacement(for: token, in: bytes, at: place, from: transform) {
                    output.appendJSONString(utf8: text)
                    continue
                }
            }
            output.append(bytes.extracting(token.range))
            if token.kind == .name { output.append(UInt8(ascii: ":")) }
        }
    }

    private static func replacement(
        for token: JSONToken,
        in bytes: Span<UInt8>,
        at place: Place,
        from transform: (_ decoded: Span<UInt8>, _ place: Place) -> [UInt8]?
    ) -> [UInt8]? {
        let content = bytes.extracting(token.kind == .string ? token.content : token.range)
        guard token.hasEscapes else { return transform(content, place) }
        let decoded = JSONEscapes.decode(content)
        return transform(decoded.span, place)
    }
}

extension JSONToken {
    /// What the value is, when a scope offers it for replacement.
    fileprivate func isOffered(by scope: JSONTokenWalker.Scope) -> JSON.Kind? {
        switch (kind, scope) {
        case (.string, _), (.number, .scalars), (.boolean, .scalars), (.null, .scalars): valueKind
        default: nil
        }
    }
}
