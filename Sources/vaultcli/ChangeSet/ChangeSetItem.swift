internal import Notation

/// An item of a change set as the command line writes it: what kind of thing, where, and what it is to be.
enum ChangeSetItem {
    /// What an item can be about.
    static let kinds = ["secret", "config", "key", "flag", "state", "segment", "policy"]

    /// Reads an item with a value.
    ///
    /// - Parameters:
    ///   - word: `KIND:PATH=VALUE`; the value may be `@file`, or `-` for standard input.
    ///   - operation: `put` or `patch`.
    ///   - console: where standard input is read.
    /// - Returns: the item as the API takes it.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func writing(_ word: String, _ operation: String, _ console: Console) throws(Failure) -> JSON {
        let (head, value) = try KeyValueInput.pair(word, flag: operation)
        let (kind, path) = try place(head)
        return .object([
            "kind": .string(kind), "path": .string(path), "op": .string(operation),
            "body": try body(kind, try ConfigValue.text(value, console)),
        ])
    }

    /// Reads an item without a value.
    ///
    /// - Parameter word: `KIND:PATH`.
    /// - Returns: the item that deletes it.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func deletion(_ word: String) throws(Failure) -> JSON {
        let (kind, path) = try place(word)
        return ["kind": .string(kind), "path": .string(path), "op": "delete"]
    }

    /// Reads an item that goes back to an earlier version.
    ///
    /// - Parameter word: `KIND:PATH@VERSION`.
    /// - Returns: the item.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func rollback(_ word: String) throws(Failure) -> JSON {
        let bytes = Array(word.utf8)
        guard let sign = bytes.lastIndex(of: UInt8(ascii: "@")),
            let version = Int(String(decoding: bytes[(sign + 1)...], as: UTF8.self)), version > 0
        else { throw .usage("-to-version must be KIND:PATH@VERSION") }
        let (kind, path) = try place(String(decoding: bytes[..<sign], as: UTF8.self))
        return [
            "kind": .string(kind), "path": .string(path), "op": "rollback", "body": ["version": .integer(version)],
        ]
    }

    private static func place(_ text: String) throws(Failure) -> (kind: String, path: String) {
        let bytes = Array(text.utf8)
        let refusal = Failure.usage("An item is KIND:PATH=VALUE, and its kind one of " + kinds.joined(separator: ", "))
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw refusal }
        let kind = String(decoding: bytes[..<colon], as: UTF8.self)
        let path = VaultPath.trimmed(String(decoding: bytes[(colon + 1)...], as: UTF8.self))
        guard kinds.contains(where: { $0.bytesEqual(to: kind) }), !path.isEmpty else { throw refusal }
        return (kind, path)
    }

    /// The body of an item: a value of configuration and a policy may be given as they are, everything else is an
    /// object.
    private static func body(_ kind: String, _ text: String) throws(Failure) -> JSON {
        switch kind {
        case "config":
            let json = ConfigValue.json(text, type: nil)
            let isBody = json["value"] != nil || json["unset"] != nil
            return isBody ? json : ["value": json]
        case "policy":
            if let json = try? JSON(parsing: text), json["policy"] != nil { return json }
            return ["policy": .string(text)]
        case "secret":
            let object = try object(text, kind)
            return object["data"]?.objectValue == nil ? ["data": .object(object)] : .object(object)
        default: return .object(try object(text, kind))
        }
    }

    private static func object(_ text: String, _ kind: String) throws(Failure) -> JSONObject {
        // The text may be a secret; that it must be an object says enough.
        guard let object = (try? JSON(parsing: text))?.objectValue else {
            throw .usage("The value of an item of kind \(kind) must be a JSON object")
        }
        return object
    }
}
