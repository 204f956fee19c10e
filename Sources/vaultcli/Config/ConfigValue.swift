internal import Notation
internal import VaultClient

/// A value of configuration on the command line.
enum ConfigValue {
    /// The types whose values are texts.
    private static let textTypes = ["string", "duration", "bytes"]

    /// Reads a value from where the user put it.
    ///
    /// - Parameters:
    ///   - word: the value, `@file`, or `-` for standard input; `\@` begins a value that begins with `@`.
    ///   - console: where standard input is read.
    /// - Returns: the text.
    /// - Throws: ``Failure`` with status 1 when it cannot be read.
    static func text(_ word: String, _ console: Console) throws(Failure) -> String {
        if word.bytesEqual(to: "-") { return try LocalFile.text(try console.readInput(), named: "standard input") }
        if word.utf8.first == UInt8(ascii: "@") {
            return try LocalFile.text(of: String(decoding: word.utf8.dropFirst(), as: UTF8.self))
        }
        return word.hasBytePrefix(#"\@"#) ? String(decoding: word.utf8.dropFirst(), as: UTF8.self) : word
    }

    /// A text as a value.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - type: the key's type; `nil` when it is not known.
    /// - Returns: for a type of texts the text, decoded when it is a JSON string; for the type `secret` a reference,
    ///   also from `MOUNT/data/PATH#FIELD`; else what the JSON says, or the text when it is no JSON.
    static func json(_ text: String, type: String?) -> JSON {
        let json = try? JSON(parsing: text)
        if let type, textTypes.contains(where: { $0.bytesEqual(to: type) }) {
            switch json {
            case .string(let text)?: return .string(text)
            // A reference stands in the place of a value of any type.
            case .object(let object)? where object["$secret"] != nil: return .object(object)
            default: return .string(text)
            }
        }
        if let type, type.bytesEqual(to: "secret"), json == nil { return ["$secret": .string(text)] }
        return json ?? .string(text)
    }

    /// A value of a key, read by the key's declared type.
    ///
    /// - Parameters:
    ///   - word: the value as ``text(_:_:)`` takes it.
    ///   - key: the key.
    ///   - type: the type, when the command line names one; `nil` asks the server.
    ///   - mount: the mount.
    ///   - session: the session.
    /// - Returns: the value.
    /// - Throws: ``Failure`` when it cannot be read.
    static func read(
        _ word: String, of key: String, type: String?, _ mount: ConfigMount, _ session: Session
    ) async throws(Failure) -> JSON {
        let text = try text(word, session.surroundings.console)
        if let type { return json(text, type: type) }
        return json(text, type: try await declaredType(of: key, mount, session))
    }

    /// The declared type; `nil` where nobody declared one or the token may not know.
    private static func declaredType(
        of key: String, _ mount: ConfigMount, _ session: Session
    ) async throws(Failure) -> String? {
        let path = try mount.path("keys", key)
        do {
            guard let response = try await session.vault.find(.init(.get, path)) else { return nil }
            return try session.secret(response).data["type"]?.stringValue
        } catch let error as VaultError {
            guard error.status == 403 else { throw Failure(error, during: "Error reading \(path)") }
            return nil
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .server("Error reading \(path)")
        }
    }
}
