internal import Notation

/// The environment variables of the tool: `PULSEVAULT_X`, then `VAULT_X`, then `BAO_X`.
struct ClientEnvironment: Sendable {
    private let variables: [String: String]

    /// Makes an environment from variables.
    ///
    /// - Parameter variables: names and values.
    init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// The value of a setting, from the first variable that is set and not empty.
    ///
    /// - Parameter setting: the name after the prefix, for example `ADDR`.
    /// - Returns: the value, or `nil`.
    subscript(_ setting: String) -> String? {
        for prefix in ["PULSEVAULT_", "VAULT_", "BAO_"] {
            if let value = variables[prefix + setting], !value.isEmpty { return value }
        }
        return nil
    }

    /// The name of the variable a setting comes from.
    ///
    /// - Parameter setting: the name after the prefix.
    /// - Returns: the full name, or `nil` when no variable sets it.
    func variable(of setting: String) -> String? {
        ["PULSEVAULT_", "VAULT_", "BAO_"].map { $0 + setting }.first { !(variables[$0] ?? "").isEmpty }
    }

    /// The user's home folder.
    var home: String? {
        variables["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A setting that is true or false.
    ///
    /// - Parameter setting: the name after the prefix.
    /// - Returns: the value; false when not set.
    /// - Throws: ``Failure`` with status 2 when the value is neither.
    func isOn(_ setting: String) throws(Failure) -> Bool {
        guard let text = self[setting] else { return false }
        guard let truth = GoBoolean.parse(text) else {
            throw .server("\(variable(of: setting) ?? setting) must be true or false")
        }
        return truth
    }
}
