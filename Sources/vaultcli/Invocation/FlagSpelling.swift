internal import Notation

/// Brings Go's spellings of flags into the parser's.
///
/// In Go a boolean flag may carry its value (`-orphan=true`), which the parser refuses for flags; `-help` may have one
/// dash, and `-h` is a word and no letter of longer ones; and `-version` in the place of a command is one. An option
/// with an empty value, as an unset variable of a shell makes it, is mostly one that was not given. Everything else,
/// single-dash long names included, the parser knows itself.
enum FlagSpelling {
    /// Flags that are absent unless named: `=true` is dropped, and the whole word with `=false`.
    static let plain: Set<String> = [
        "accessor", "all", "applied", "archived", "backup", "backup-delete", "backup-retrieve", "cache-sensitive",
        "cancel", "definition", "detailed", "disable", "disable-redirects", "dry-run", "enable", "explain",
        "external-entropy-access", "f", "first", "force", "force-no-cache", "generate-otp", "init", "keep-token",
        "last", "local", "migrate", "no-default-policy", "no-mask", "no-print", "no-store", "non-interactive", "off",
        "on", "only-dynamic", "orphan", "output-curl-string", "output-policy", "policy-override", "prefix", "receipt",
        "recursive", "report", "reset", "restart-needed", "reveal", "rotate-secret", "seal-wrap", "self", "status",
        "sudo", "sync", "tls-skip-verify", "token-only", "verify",
    ]

    /// Options with the values true and false that may be named without one: `=true` is added.
    static let switches: Set<String> = [
        "cas-required", "client-visible", "mask", "protected", "record-exposures", "renewable", "sensitive",
        "user-lockout-disable",
    ]

    /// Options of which an empty value is none. Not here are those whose absence would do more than was meant (`-cas`,
    /// `-policy`, `-versions`), and `-description`, which an empty value clears.
    static let optional: Set<String> = [
        "address", "agent-address", "ca-cert", "ca-path", "client-cert", "client-key", "default-lease-ttl",
        "display-name", "entity-alias", "explicit-max-ttl", "field", "format", "i", "id", "increment", "instance",
        "listing-visibility", "max-lease-ttl", "method", "mount", "namespace", "ns", "nonce", "otp", "path", "period",
        "plugin-name", "plugin-version", "role", "tls-server-name", "token-type", "ttl", "type", "version", "wrap-ttl",
    ]

    /// Rewrites the words up to `--`.
    ///
    /// - Parameter words: the command line without the program's name.
    /// - Returns: words the parser understands.
    static func normalized(_ words: [String]) -> [String] {
        var result: [String] = []
        var rest = words[...]
        while let word = rest.first {
            if word.utf8.elementsEqual("--".utf8) { return result + rest }
            let isFirst = rest.startIndex == words.startIndex
            rest = rest.dropFirst()
            if rest.first?.isEmpty == true, isOptional(word) {
                rest = rest.dropFirst()
            } else if let word = normalized(word, isFirst: isFirst) {
                result.append(word)
            }
        }
        return result
    }

    /// Whether a word is the name of an option whose value is the next word, and of which an empty value is none.
    private static func isOptional(_ word: String) -> Bool {
        word.utf8.first == UInt8(ascii: "-")
            && optional.contains(String(decoding: word.utf8.drop { $0 == UInt8(ascii: "-") }, as: UTF8.self))
    }

    private static func normalized(_ word: String, isFirst: Bool) -> String? {
        let bytes = word.utf8
        guard bytes.first == UInt8(ascii: "-") else { return word }
        let name = bytes.drop { $0 == UInt8(ascii: "-") }.prefix { $0 != UInt8(ascii: "=") }
        let flag = String(decoding: name, as: UTF8.self)
        let value = bytes.firstIndex(of: UInt8(ascii: "=")).map {
            String(decoding: bytes[bytes.index(after: $0)...], as: UTF8.self)
        }
        switch (flag, value) {
        case ("v", nil) where isFirst, ("version", nil) where isFirst: return "version"
        case ("help", nil), ("h", nil): return "--help"
        case (_, nil) where switches.contains(flag): return "--\(flag)=true"
        case (_, "") where optional.contains(flag): return nil
        case (_, let value?) where plain.contains(flag):
            // A value that is no boolean is left for the parser to refuse.
            return GoBoolean.parse(value).map { $0 ? "-\(flag)" : nil } ?? word
        case (_, let value?) where switches.contains(flag):
            return GoBoolean.parse(value).map { "--\(flag)=\($0)" } ?? word
        default: return word
        }
    }
}
