/// A parsed HCL1 text, or its JSON form, as a tree.
///
/// Both forms give the same tree for the same meaning once read through ``HCLBody/blocks(named:labels:)``. A text is
/// JSON when its first byte that is not blank is `{`. `${…}` has no meaning here and stays as written.
package struct HCLDocument: Sendable {
    /// How deeply bodies and lists may nest.
    package static let maximumDepth = 64

    /// The items at the top level.
    package let body: HCLBody
    /// Whether the text was in the JSON form.
    package let isJSON: Bool

    /// Parses a text.
    ///
    /// - Parameter text: UTF-8 bytes; a byte order mark at the start is skipped.
    /// - Throws: ``HCLError`` with the place of the first thing that is wrong.
    package init(parsing text: [UInt8]) throws(HCLError) {
        try Self.requireUTF8(text)
        isJSON = text.first { !Self.isBlank($0) } == UInt8(ascii: "{")
        if isJSON {
            var parser = HCLJSONParser(text)
            body = try parser.parseDocument()
        } else {
            var parser = HCLParser(text)
            body = try parser.parseDocument()
        }
    }

    /// Whether a byte is white space between tokens.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func requireUTF8(_ text: [UInt8]) throws(HCLError) {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: text.span)
        } catch {
            var place = HCLPlace()
            place.advance(to: error.byteOffsets.lowerBound, in: text)
            throw HCLError(line: place.line, column: place.column, reason: "the text is not valid UTF-8")
        }
    }
}

/// An ordered list of items: a whole document, a block's content or an object.
package struct HCLBody: Sendable, Equatable {
    /// The items in the order they were written.
    package var items: [HCLItem]

    /// Makes a body from items.
    package init(items: [HCLItem] = []) {
        self.items = items
    }
}

/// One `key = value`, or one block `key "label" … { … }`.
package struct HCLItem: Sendable, Equatable {
    /// The key followed by the block's labels.
    package var keys: [String]
    /// The value; a ``HCLValue/body(_:)`` for blocks.
    package var value: HCLValue
    /// The line of the key, counted from 1.
    package var line: Int
    /// The column of the key in Unicode scalars, counted from 1.
    package var column: Int

    /// Makes an item.
    package init(keys: [String], value: HCLValue, line: Int, column: Int) {
        self.keys = keys
        self.value = value
        self.line = line
        self.column = column
    }

    /// Makes an error at this item's place.
    package func error(_ reason: String) -> HCLError {
        HCLError(line: line, column: column, reason: reason)
    }
}

/// A value in HCL.
package indirect enum HCLValue: Sendable, Equatable {
    /// A quoted string or a heredoc, escapes resolved.
    case string(String)
    /// A number by its literal text, for example `0x1F` or `-1.5e3`.
    case number(String)
    /// `true` or `false`.
    case bool(Bool)
    /// JSON's `null`; HCL has no word for it.
    case null
    /// A list in square brackets.
    case list([HCLValue])
    /// An object, or a block's content.
    case body(HCLBody)
}
