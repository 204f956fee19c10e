internal import Notation

/// What a command gets beside its own environment.
struct RunValues: Sendable {
    /// One variable.
    struct Variable: Sendable {
        /// The variable's name.
        let name: String
        /// The key or secret it is from.
        let origin: String
        /// The value as it was read.
        let value: JSON
        /// Whether it must not be seen in output.
        let isSensitive: Bool
        /// Whether a service takes it up only when it is started anew.
        let isStatic: Bool

        /// The value as text.
        var text: String { EnvironmentName.text(value) }
    }

    /// The variables; each name once.
    var variables: [Variable] = []
    /// Keys that the token may not see.
    var leftOut: [String] = []
    /// The revision of the configuration; `nil` without any.
    var revision: JSON?
    /// The hash of the configuration; `nil` without any.
    var hash: JSON?

    /// Adds a variable.
    ///
    /// - Parameter variable: the variable.
    /// - Throws: ``Failure`` with status 1 when the name cannot be one, or the value cannot stand in an environment.
    mutating func add(_ variable: Variable) throws(Failure) {
        guard EnvironmentName.isValid(variable.name) else {
            throw .usage("\(variable.origin) cannot be a variable \(variable.name); see -prefix")
        }
        guard !variable.text.utf8.contains(0) else {
            throw .usage("The value of \(variable.origin) holds a zero byte, which no variable can")
        }
        variables.append(variable)
    }

    /// Refuses names that two keys come to, since one of them would be lost.
    ///
    /// - Throws: ``Failure`` with status 1 naming both.
    func requireDistinctNames() throws(Failure) {
        var known: [[UInt8]: String] = [:]
        for variable in variables {
            if let other = known.updateValue(variable.origin, forKey: Array(variable.name.utf8)) {
                throw .usage("\(other) and \(variable.origin) would both be the variable \(variable.name)")
            }
        }
    }

    /// The variables that differ from earlier ones, with those that are gone.
    ///
    /// - Parameter earlier: what the command has.
    /// - Returns: the variables as they are now, or were.
    func changes(since earlier: RunValues) -> [Variable] {
        func differs(_ variable: Variable, _ others: [Variable]) -> Bool {
            !others.contains { $0.name.bytesEqual(to: variable.name) && $0.text.bytesEqual(to: variable.text) }
        }
        let new = variables.filter { differs($0, earlier.variables) }
        return new
            + earlier.variables.filter { old in !variables.contains { $0.name.bytesEqual(to: old.name) } }
    }
}

extension RunValues {
    /// What must be looked for in output: sensitive values as wholes, and the parts of those that are objects or lists.
    var maskedTexts: [[UInt8]] {
        variables.filter(\.isSensitive).flatMap { variable in
            MaskPatterns.texts(of: variable.text) + Self.leaves(variable.value).flatMap(MaskPatterns.texts)
        }
    }

    /// Sensitive variables that are too short to be looked for.
    var tooShortToMask: [String] {
        variables.filter { $0.isSensitive && (1..<MaskPatterns.shortestLength).contains($0.text.utf8.count) }.map(
            \.name)
    }

    /// The texts and numbers in a value that has parts.
    ///
    /// It calls itself once per level of nesting, which the parser that made the value has limited.
    private static func leaves(_ value: JSON) -> [String] {
        func parts(_ value: JSON) -> [String] {
            switch value {
            case .object(let object): object.members.flatMap { parts($0.value) }
            case .array(let elements): elements.flatMap(parts)
            case .string(let text), .number(let text): [text]
            case .null, .bool: []
            }
        }
        switch value {
        case .object, .array: return parts(value)
        default: return []
        }
    }
}
