internal import Notation

/// Differences as the API tells them, for people: what was there behind a minus, what is there now behind a plus.
enum ChangeText {
    /// The lines of what a version changed.
    ///
    /// - Parameters:
    ///   - version: an object with `changes`; that of a sensitive value has `hmac_from` and `hmac_to` instead.
    ///   - indent: what each line begins with.
    /// - Returns: up to three lines a change.
    static func lines(of version: JSON, indent: String = "") -> [String] {
        let digests = [("-", version["hmac_from"]), ("+", version["hmac_to"])].compactMap { sign, digest in
            digest?.stringValue.map { "\(indent)\(sign) HMAC \(CellText.printable($0))" }
        }
        return lines(version["changes"], indent: indent) + digests
    }

    /// The lines of a list of changes.
    ///
    /// - Parameters:
    ///   - changes: objects with `path`, `from` and `to`; what is secret has `hmac_from` and `hmac_to` in their place.
    ///   - indent: what each line begins with.
    /// - Returns: up to three lines a change.
    static func lines(_ changes: JSON?, indent: String = "") -> [String] {
        (changes?.arrayValue ?? []).flatMap { change -> [String] in
            let path = change["path"]?.stringValue ?? ""
            var lines = [indent + CellText.printable(path.isEmpty ? "(all)" : path)]
            for (sign, plain, digest) in [("-", "from", "hmac_from"), ("+", "to", "hmac_to")] {
                if let value = change[plain] {
                    lines.append("\(indent)  \(sign) \(self.value(value))")
                } else if let text = change[digest]?.stringValue {
                    lines.append("\(indent)  \(sign) HMAC \(CellText.printable(text))")
                }
            }
            return lines
        }
    }

    /// A value on one line.
    ///
    /// - Parameter value: the value; what is secret comes as an object with its version and HMAC.
    /// - Returns: JSON, or the version and HMAC.
    static func value(_ value: JSON) -> String {
        if let digest = value["hmac"]?.stringValue {
            let version = value["version"].map { "version \(CellText.field($0)), " } ?? ""
            return CellText.printable("\(version)HMAC \(digest)")
        }
        return CellText.printable(String(decoding: value.serialized(), as: UTF8.self))
    }
}
