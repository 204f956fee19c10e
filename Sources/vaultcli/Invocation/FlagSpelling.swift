internal import Notation

/// Brings Go's spellings of flags into the parser's.
///
/// In Go a boolean flag may carry its value (`-orphan=true`), which the parser refuses for flags; `-help` may have one
/// dash, and `-h` is a word and no letter of longer ones; and `-version` in the place of a command is one. Everything
/// else, single-dash long names included, the parser knows itself.
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

    /// Rewrites the words up to `--`.
    ///
    /// - Parameter words: the command line without the program's name.
    /// - Returns: words the parser understands.
    static func normalized(_ words: [String]) -> [String] {
        var result: [String] = []
        for (index, word) in words.enumerated() {
            if word.utf8.elementsEqual("--".utf8) {
                return result + words[index...]
            }
            if let word = normalized(word, isFirst: index == 0) { result.append(word) }
        }
        return result
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
        case (_, let value?) where plain.contains(flag):
            // A value that is no boolean is left for the parser to refuse.
            return GoBoolean.parse(value).map { $0 ? "-\(flag)" : nil } ?? word
        case (_, let value?) where switches.contains(flag):
            return GoBoolean.parse(value).map { "--\(flag)=\($0)" } ?? word
        default: return word
        }
    }
}
