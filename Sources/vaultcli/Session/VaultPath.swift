/// The spellings of paths people type, brought to the one the API uses.
enum VaultPath {
    /// A path without surrounding white space and slashes.
    ///
    /// - Parameter text: as typed.
    /// - Returns: for example `secret/app` for ` /secret/app/`.
    static func trimmed(_ text: String) -> String {
        trim(text) { isSpace($0) || $0 == UInt8(ascii: "/") }
    }

    /// A text without surrounding white space.
    ///
    /// - Parameter text: as typed or read.
    /// - Returns: the text between the first and the last byte that is no blank, tab or line end.
    static func withoutSpace(_ text: String) -> String {
        trim(text, isSpace)
    }

    /// A mount's path, with one slash at its end.
    ///
    /// - Parameter text: as typed.
    /// - Returns: for example `secret/`.
    static func mount(_ text: String) -> String {
        trimmed(text) + "/"
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func trim(_ text: String, _ isOuter: (UInt8) -> Bool) -> String {
        let bytes = text.utf8.drop(while: isOuter)
        guard let last = bytes.lastIndex(where: { !isOuter($0) }) else { return "" }
        return String(decoding: bytes[...last], as: UTF8.self)
    }
}
