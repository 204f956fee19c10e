internal import Notation

/// The data of a command: `key=value`, `key=@file`, `key=-`, `@file.json` and `-`.
///
/// `@` takes the contents of a file and `-` standard input, so that a secret need not stand on the command line. `\@`
/// begins a value that begins with `@`. A key given several times makes a list.
struct KeyValueInput {
    private let console: Console
    private var hasReadInput = false
    private var result = JSONObject()

    /// Reads the data.
    ///
    /// - Parameters:
    ///   - words: the words after the path.
    ///   - console: where standard input is read.
    /// - Returns: an object of texts, and of whatever JSON files hold.
    /// - Throws: ``Failure`` with status 1 for a word that is none of the forms.
    static func parse(_ words: [String], _ console: Console) throws(Failure) -> JSONObject {
        var input = KeyValueInput(console: console)
        for word in words { try input.take(word) }
        return input.result
    }

    /// Reads a `key=value` of a flag.
    ///
    /// - Parameters:
    ///   - word: the flag's value.
    ///   - flag: the flag's name, for errors.
    /// - Returns: key and value.
    /// - Throws: ``Failure`` with status 1 without an equals sign.
    static func pair(_ word: String, flag: String) throws(Failure) -> (key: String, value: String) {
        guard let pair = split(word) else { throw .usage("-\(flag) must be given as key=value") }
        return pair
    }

    /// Reads the `key=value` pairs of a flag that may be repeated.
    ///
    /// - Parameters:
    ///   - words: the flag's values.
    ///   - flag: the flag's name, for errors.
    /// - Returns: an object of texts.
    /// - Throws: ``Failure`` with status 1 without an equals sign.
    static func object(_ words: [String], flag: String) throws(Failure) -> JSONObject {
        var result = JSONObject()
        for word in words {
            let pair = try pair(word, flag: flag)
            result[pair.key] = .string(pair.value)
        }
        return result
    }

    private init(console: Console) {
        self.console = console
    }

    private mutating func take(_ word: String) throws(Failure) {
        if word.utf8.elementsEqual("-".utf8) {
            return try merge(try standardInput(), named: "standard input")
        }
        if word.utf8.first == UInt8(ascii: "@") {
            let path = String(decoding: word.utf8.dropFirst(), as: UTF8.self)
            return try merge(try LocalFile.contents(of: path), named: path)
        }
        guard let pair = Self.split(word) else {
            // The word itself may be a secret and is not repeated.
            throw .usage("Failed to parse K=V data: every word must be key=value, @file.json, or - for standard input")
        }
        add(pair.key, .string(try value(pair.value)))
    }

    private mutating func value(_ text: String) throws(Failure) -> String {
        if text.utf8.elementsEqual("-".utf8) {
            return try LocalFile.text(try standardInput(), named: "standard input")
        }
        if text.utf8.first == UInt8(ascii: "@") {
            return try LocalFile.text(of: String(decoding: text.utf8.dropFirst(), as: UTF8.self))
        }
        if text.utf8.starts(with: #"\@"#.utf8) {
            return String(decoding: text.utf8.dropFirst(), as: UTF8.self)
        }
        return text
    }

    private mutating func standardInput() throws(Failure) -> [UInt8] {
        guard !hasReadInput else { throw .usage("Standard input can be used once only") }
        hasReadInput = true
        return try console.readInput()
    }

    private mutating func merge(_ bytes: [UInt8], named name: String) throws(Failure) {
        // The parser's error names a place, never the text; but the kind is enough for a file of one's own.
        guard let json = try? JSON(parsing: bytes), let object = json.objectValue else {
            throw .usage("Failed to parse \(name): it must hold one JSON object")
        }
        for member in object.members { result[member.name] = member.value }
    }

    private mutating func add(_ key: String, _ value: JSON) {
        switch result[key] {
        case nil: result[key] = value
        case .array(let list)?: result[key] = .array(list + [value])
        case let other?: result[key] = .array([other, value])
        }
    }

    private static func split(_ word: String) -> (key: String, value: String)? {
        let bytes = word.utf8
        guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")), sign > bytes.startIndex else { return nil }
        return (
            String(decoding: bytes[..<sign], as: UTF8.self),
            String(decoding: bytes[bytes.index(after: sign)...], as: UTF8.self)
        )
    }
}
