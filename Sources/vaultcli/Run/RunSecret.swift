internal import Notation

/// A secret that a command gets, as the command line writes it.
struct RunSecret: Sendable {
    /// The variable it becomes.
    let name: String
    /// The secret's path, beginning with its mount.
    let path: String
    /// The version; `nil` for the current one.
    let version: Int?
    /// The field.
    let field: String

    /// How the secret is written, without the variable.
    var reference: String { path + (version.map { "@\($0)" } ?? "") + "#" + field }

    /// Reads a secret.
    ///
    /// - Parameter text: `NAME=PATH#FIELD` or `NAME=PATH@VERSION#FIELD`.
    /// - Throws: ``Failure`` with status 1 for anything else.
    init(_ text: String) throws(Failure) {
        let refusal = Failure.usage("-secret must be NAME=PATH#FIELD, such as DB_PASSWORD=secret/app#password")
        let (name, rest) = try KeyValueInput.pair(text, flag: "secret")
        guard EnvironmentName.isValid(name) else { throw refusal }
        let bytes = Array(rest.utf8)
        guard let hash = bytes.lastIndex(of: UInt8(ascii: "#")), hash + 1 < bytes.count else { throw refusal }
        var path = bytes[..<hash]
        var version: Int?
        if let sign = path.lastIndex(of: UInt8(ascii: "@")) {
            guard let number = Int(String(decoding: path[(sign + 1)...], as: UTF8.self)), number > 0 else {
                throw refusal
            }
            version = number
            path = path[..<sign]
        }
        self.name = name
        self.version = version
        self.path = VaultPath.trimmed(String(decoding: path, as: UTF8.self))
        field = String(decoding: bytes[(hash + 1)...], as: UTF8.self)
        guard !self.path.isEmpty else { throw refusal }
    }
}

/// Names of environment variables.
enum EnvironmentName {
    /// Whether a text is a name that shells understand.
    ///
    /// - Parameter name: the text.
    /// - Returns: whether it is letters, digits and underscores, and does not begin with a digit.
    static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, !(0x30...0x39).contains(first) else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// The name of a key of configuration, by the rule of the server's `format=env`: upper case, an underscore in the
    /// place of `.`, `-` and `:`, and one before a digit in front.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - prefix: what the name begins with.
    /// - Returns: for example `DB_POOL_SIZE` for `db.pool-size`.
    static func name(of key: String, prefix: String) -> String {
        let bytes = key.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte & 0xDF
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"): UInt8(ascii: "_")
            default: byte
            }
        }
        let name = prefix + String(decoding: bytes, as: UTF8.self)
        let beginsWithDigit = name.utf8.first.map { (0x30...0x39).contains($0) } ?? false
        return beginsWithDigit ? "_" + name : name
    }

    /// A value as the text of a variable.
    ///
    /// - Parameter value: the value.
    /// - Returns: a text as it is, nothing for null, and JSON for everything else.
    static func text(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .null: ""
        default: String(decoding: value.serialized(), as: UTF8.self)
        }
    }
}
