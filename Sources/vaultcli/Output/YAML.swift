internal import Notation

/// Writes JSON values as YAML 1.2 that readers of YAML 1.1 understand the same way.
enum YAML {
    /// A value as a document.
    ///
    /// The parser that made the value has bounded its depth, so the recursion is bounded too.
    ///
    /// - Parameter value: the value.
    /// - Returns: lines without a line feed at the end.
    static func text(_ value: JSON) -> String {
        lines(value).joined(separator: "\n")
    }

    private static func lines(_ value: JSON) -> [String] {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            object.members.flatMap { entry(scalar($0.name) + ":", $0.value) }
        case .array(let elements) where !elements.isEmpty:
            elements.flatMap(item)
        case .string(let text) where isBlock(text):
            ["|" + chomping(text)] + blockLines(text)
        default: [inline(value)]
        }
    }

    /// A member: what is nested stands on lines of its own, lists not indented further.
    private static func entry(_ key: String, _ value: JSON) -> [String] {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            [key] + lines(value).map { "  " + $0 }
        case .array(let elements) where !elements.isEmpty:
            [key] + lines(value)
        case .string(let text) where isBlock(text):
            ["\(key) |\(chomping(text))"] + blockLines(text)
        default: ["\(key) \(inline(value))"]
        }
    }

    private static func item(_ value: JSON) -> [String] {
        let lines = lines(value)
        return ["- " + lines[0]] + lines.dropFirst().map { $0.isEmpty ? $0 : "  " + $0 }
    }

    private static func inline(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): scalar(text)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// A text on one line, quoted when it would be read as something else.
    private static func scalar(_ text: String) -> String {
        guard !YAMLPlainText.allows(text) else { return text }
        return String(decoding: JSON.string(text).serialized(), as: UTF8.self)
    }

    /// Whether a text of several lines can be written as it is.
    private static func isBlock(_ text: String) -> Bool {
        guard text.utf8.contains(0x0A), let first = text.utf8.first, first != 0x0A, first != 0x20 else { return false }
        // More than one line feed at the end, tabs and control characters need the quoted form.
        return !text.utf8.reversed().starts(with: [0x0A, 0x0A])
            && text.unicodeScalars.allSatisfy { $0.value == 0x0A || YAMLPlainText.isPrintable($0) }
    }

    private static func chomping(_ text: String) -> String {
        text.utf8.last == 0x0A ? "" : "-"
    }

    private static func blockLines(_ text: String) -> [String] {
        let body = text.utf8.last == 0x0A ? text.utf8.dropLast() : text.utf8[...]
        return body.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : "  " + String(decoding: $0, as: UTF8.self)
        }
    }
}
