internal import Notation

/// Finds the keys of flags in the text of a source file.
///
/// A key counts where it stands between quotes (`"`, `'` or a backtick) with nothing else. A text between quotes that
/// is no key counts as unknown where it is given to a function that asks for a flag. No language is parsed, so this
/// works in all of them, and a key that is put together at run time is not found.
struct FlagReferences: Sendable {
    /// One place of a text.
    struct Place: Sendable {
        /// What stands between the quotes.
        let key: String
        /// The line, counted from 1.
        let line: Int
        /// Whether it is the key of a flag.
        let isKnown: Bool
    }

    private let keys: Set<[UInt8]>

    /// Makes a search.
    ///
    /// - Parameter keys: the keys of all flags.
    init(keys: some Sequence<String>) {
        self.keys = Set(keys.map { Array($0.utf8) })
    }

    /// Searches a text.
    ///
    /// - Parameter text: the file's bytes, in any encoding that has ASCII.
    /// - Returns: the places in their order.
    func places(in text: [UInt8]) -> [Place] {
        var result: [Place] = []
        var line = 1
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte == 0x0A { line += 1 }
            guard Self.quotes.contains(byte), let end = Self.end(of: position, in: text) else {
                position += 1
                continue
            }
            let content = Array(text[(position + 1)..<end])
            let isKnown = keys.contains(content)
            if isKnown || FlagCall.takesKey(in: text, before: position) {
                result.append(Place(key: String(decoding: content, as: UTF8.self), line: line, isKnown: isKnown))
                // Behind the closing quote, which begins nothing.
                position = end
            }
            position += 1
        }
        return result
    }

    private static let quotes = Array("\"'`".utf8)

    /// The closing quote, when nothing but a name stands before it.
    private static func end(of opening: Int, in text: [UInt8]) -> Int? {
        var end = opening + 1
        while end < text.count, end - opening <= FlagNames.greatestLength, FlagNames.isNameByte(text[end]) { end += 1 }
        return end > opening + 1 && end < text.count && text[end] == text[opening] ? end : nil
    }
}

/// Calls that ask for the value of a flag, by the names that SDKs give them.
enum FlagCall {
    /// Whether a text between quotes is the key argument of such a call.
    ///
    /// It is the first argument, the second behind a name (Go's `ctx`), or one labelled `key`, `flagKey` or `flag`.
    ///
    /// - Parameters:
    ///   - text: the file's bytes.
    ///   - quote: where the opening quote stands.
    /// - Returns: whether the function's name is one of those known.
    static func takesKey(in text: [UInt8], before quote: Int) -> Bool {
        var reader = Backwards(text: text, position: quote)
        if reader.takes(":") || reader.takes("=") {
            guard labels.contains(normalized(reader.identifier())) else { return false }
        }
        if reader.takes(",") { guard !reader.identifier().isEmpty else { return false } }
        guard reader.takes("(") else { return false }
        reader.skipTypeArguments()
        return names.contains(normalized(reader.identifier()))
    }

    private static let labels = words(["key", "flagkey", "flag", "flagname", "featurekey"])

    /// Names in lower case without underscores; OpenFeature's and those of older SDKs.
    private static let names: Set<[UInt8]> = {
        let types = [
            "boolean", "bool", "string", "number", "integer", "int", "long", "double", "float", "object", "json",
        ]
        var all = ["isenabled", "isfeatureenabled", "featureenabled", "isflagenabled", "flagenabled", "isfeatureon"]
        all += ["useflag", "usefeatureflag", "featureflag", "getvariant", "getfeatureflag"]
        for type in types {
            for end in ["value", "details", "valuedetails"] {
                all += ["get\(type)\(end)", "get\(type)\(end)async", "\(type)\(end)", "use\(type)flag\(end)"]
            }
            all += ["\(type)variation", "\(type)variationdetail", "get\(type)flag"]
        }
        return words(all)
    }()

    private static func words(_ names: [String]) -> Set<[UInt8]> { Set(names.map { Array($0.utf8) }) }

    private static func normalized(_ name: ArraySlice<UInt8>) -> [UInt8] {
        Array(name.filter { $0 != UInt8(ascii: "_") }).asciiLowercased()
    }
}

/// Reads a text from a place towards its beginning, over blanks and line ends.
private struct Backwards {
    let text: [UInt8]
    var position: Int

    /// Takes a character when it stands before the place.
    mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard position > 0, text[position - 1] == UInt8(ascii: character) else { return false }
        position -= 1
        return true
    }

    /// Takes the identifier that ends before the place; empty when there is none.
    mutating func identifier() -> ArraySlice<UInt8> {
        skipBlanks()
        let end = position
        while position > 0, end - position < 64, Self.isIdentifier(text[position - 1]) { position -= 1 }
        return text[position..<end]
    }

    /// Goes over `<bool>` between a function's name and its arguments.
    mutating func skipTypeArguments() {
        let start = position
        guard takes(">") else { return }
        while position > 0, start - position < 64, text[position - 1] != UInt8(ascii: "<") { position -= 1 }
        if !takes("<") { position = start }
    }

    private mutating func skipBlanks() {
        // A call that is broken over lines is indented; more blanks than this are none of its.
        let end = position
        while position > 0, end - position < 200,
            text[position - 1] == 0x20 || (0x09...0x0D).contains(text[position - 1])
        {
            position -= 1
        }
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        FlagNames.isNameByte(byte) && byte != UInt8(ascii: ".") && byte != UInt8(ascii: ":")
            && byte != UInt8(ascii: "-")
    }
}
