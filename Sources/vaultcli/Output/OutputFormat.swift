/// How answers are written to standard output.
enum OutputFormat: String, Sendable {
    /// Columns for people.
    case table
    /// JSON, indented.
    case json
    /// YAML.
    case yaml
    /// The server's bytes as they are.
    case raw

    /// Recognises a format by its name, in any case of ASCII letters.
    ///
    /// - Parameter name: for example `json`. `pretty`, which Vault's tool knows too, is indented JSON.
    /// - Throws: ``Failure`` with status 1 for any other name.
    init(named name: String) throws(Failure) {
        let lower = String(decoding: name.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        switch lower {
        case "pretty": self = .json
        case "yml": self = .yaml
        default:
            guard let format = OutputFormat(rawValue: lower) else {
                throw .usage("Invalid output format: \(name)")
            }
            self = format
        }
    }
}
