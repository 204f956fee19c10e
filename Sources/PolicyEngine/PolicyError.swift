internal import Notation

/// Why a policy text is refused.
package struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The message in Vault's words, as the API answers it.
    package let message: String
    /// The line in the policy text, counted from 1; 0 when no place is to blame.
    package let line: Int
    /// The column in Unicode scalars, counted from 1; 0 when no place is to blame.
    package let column: Int

    /// Makes an error.
    package init(message: String, line: Int = 0, column: Int = 0) {
        self.message = message
        self.line = line
        self.column = column
    }

    /// The message, and the place when there is one.
    package var description: String {
        line > 0 ? "\(message) (line \(line), column \(column))" : message
    }
}

extension PolicyError {
    /// A text that is not HCL or JSON.
    init(_ error: HCLError) {
        self.init(message: "failed to parse policy: \(error)", line: error.line, column: error.column)
    }

    /// A text that is HCL but no policy.
    init(_ problem: String, at line: Int, _ column: Int) {
        self.init(message: "failed to parse policy: " + problem, line: line, column: column)
    }

    /// A path block that is wrong.
    init(path: String, _ problem: String, at line: Int, _ column: Int) {
        self.init("path \(Self.quoted(path)): " + problem, at: line, column)
    }

    /// A text in double quotes, with quotes, backslashes and control characters escaped.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                let isControl = scalar.value < 0x20 || scalar.value == 0x7F
                result += isControl ? "\\x" + hexadecimal(scalar.value) : String(scalar)
            }
        }
        return result + "\""
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }
}
