internal import Notation

/// A JSON object on the command line.
enum FlagDocument {
    /// Reads an object.
    ///
    /// - Parameters:
    ///   - text: JSON, `@file`, or `-` for standard input.
    ///   - flag: the flag's name, for errors.
    ///   - console: where standard input is read.
    /// - Returns: the object.
    /// - Throws: ``Failure`` with status 1 for what is no object or cannot be read.
    static func object(_ text: String, flag: String, _ console: Console) throws(Failure) -> JSONObject {
        let bytes: [UInt8]
        switch text.utf8.first {
        case UInt8(ascii: "-") where text.utf8.count == 1: bytes = try console.readInput()
        case UInt8(ascii: "@"):
            bytes = try LocalFile.contents(of: String(decoding: text.utf8.dropFirst(), as: UTF8.self))
        default: bytes = Array(text.utf8)
        }
        // That it must be an object says more than the place at which the parser stopped.
        guard let object = (try? JSON(parsing: bytes))?.objectValue else {
            throw .usage("-\(flag) must be one JSON object, @file, or - for standard input")
        }
        return object
    }
}
