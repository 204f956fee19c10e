import Notation

/// Writes a JSON object member by member behind some text.
struct ObjectWriter {
    private var text: [UInt8]
    private var isEmpty = true

    /// Opens an object behind a text.
    init(after text: [UInt8]) {
        self.text = text
        self.text.append(UInt8(ascii: "{"))
    }

    /// Adds a string.
    mutating func member(_ name: StaticString, _ value: String) {
        begin(name)
        text.appendJSONString(value)
    }

    /// Adds a string, given as UTF-8.
    mutating func member(_ name: StaticString, utf8 value: [UInt8]) {
        begin(name)
        text.appendJSONString(utf8: value)
    }

    /// Adds a number.
    mutating func member(_ name: StaticString, _ value: Int) {
        begin(name)
        text.append(decimal: Int64(value))
    }

    /// Adds an array of strings.
    mutating func member(_ name: StaticString, _ values: [String]) {
        begin(name)
        text.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.appendJSONString(value)
        }
        text.append(UInt8(ascii: "]"))
    }

    /// Adds a value that is written as JSON text.
    mutating func member(_ name: StaticString, _ write: (inout [UInt8]) -> Void) {
        begin(name)
        write(&text)
    }

    /// Closes the object.
    consuming func end() -> [UInt8] {
        text.append(UInt8(ascii: "}"))
        return text
    }

    private mutating func begin(_ name: StaticString) {
        text.append(literal: isEmpty ? "\"" : ",\"")
        isEmpty = false
        text.append(literal: name)
        text.append(literal: "\":")
    }
}
