import Notation

/// The rule for names of flags, environments, segments, services, instances and keys of configuration: 1 to 128 of `A-Z a-z 0-9 . _ : -`.
///
/// Clients put names into URLs, where `/ ? # %` and blanks would not arrive as they were meant.
package enum DocumentName {
    /// What a name must be, for messages.
    package static let rule = "must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -"

    /// Whether a text follows the rule.
    package static func isValid(_ name: String) -> Bool {
        name.withUTF8Bytes { bytes in
            guard (1...128).contains(bytes.count) else { return false }
            for index in bytes.indices where !isNameByte(bytes[index]) { return false }
            return true
        }
    }

    /// Checks a name that stands outside of a document, for example in a path.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - field: What the error calls it.
    /// - Throws: ``ModelError`` with the field and the rule.
    package static func check(_ name: String, field: String) throws(ModelError) {
        guard isValid(name) else { throw ModelError(path: field, problem: rule) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
