internal import Notation

/// Which top-level parameters a request may, may not and must carry.
package struct ParameterRules: Sendable {
    /// A parameter with the values the rule names for it.
    package struct Entry: Sendable {
        /// The parameter's name in lower case (ASCII), or `*` for every parameter.
        package let name: [UInt8]
        /// The values; empty for any value.
        package internal(set) var values: [ParameterValue]

        init(name: String, values: [JSON]) {
            self.name = PathFolding.lowercased(Array(name.utf8))
            self.values = values.map { ParameterValue($0) }
        }
    }

    /// What is wrong with a request's parameters, with the parameter's name.
    enum Violation {
        case missing(String)
        case denied(String)
        case unlisted(String)
    }

    /// The parameters a request may carry; empty for all.
    package private(set) var allowed: [Entry]
    /// The parameters a request may not carry.
    package private(set) var denied: [Entry]
    /// The names a request must carry, in lower case (ASCII).
    package private(set) var required: [[UInt8]]

    init(allowed: [Entry] = [], denied: [Entry] = [], required: [String] = []) {
        self.allowed = Self.union([], allowed)
        self.denied = Self.union([], denied)
        self.required = required.map { PathFolding.lowercased(Array($0.utf8)) }
    }

    /// Whether there is nothing to check.
    var isEmpty: Bool { allowed.isEmpty && denied.isEmpty && required.isEmpty }

    /// Adds another policy's rules: names united, values united, an empty list of values winning.
    mutating func merge(_ other: ParameterRules) {
        allowed = Self.union(allowed, other.allowed)
        denied = Self.union(denied, other.denied)
        var known = Set(required)
        for name in other.required where known.insert(name).inserted { required.append(name) }
    }

    private static func union(_ left: [Entry], _ right: [Entry]) -> [Entry] {
        var result = left
        var places: [[UInt8]: Int] = [:]
        for (index, entry) in left.enumerated() { places[entry.name] = index }
        for entry in right {
            guard let index = places[entry.name] else {
                places[entry.name] = result.count
                result.append(entry)
                continue
            }
            let eitherIsAny = entry.values.isEmpty || result[index].values.isEmpty
            result[index].values = eitherIsAny ? [] : result[index].values + entry.values
        }
        return result
    }
}

extension ParameterRules {
    private static let everything = [PathPattern.star]

    /// Parameters that name the same thing to a backend; a denial of one denies both.
    private static let synonyms: [[String]] = [["policies", "token_policies"]]

    /// What is wrong with a request's data; `nil` when it satisfies the rules.
    func violation(in data: JSONObject) -> Violation? {
        for name in required where !data.members.contains(where: { name.bytesEqual(to: $0.name) }) {
            return .missing(String(decoding: name, as: UTF8.self))
        }
        for member in data.members {
            let name = PathFolding.lowercased(Array(member.name.utf8))
            if denies(name, member.value) { return .denied(member.name) }
            if !allows(name, member.value) { return .unlisted(member.name) }
        }
        return nil
    }

    private func denies(_ name: [UInt8], _ value: JSON) -> Bool {
        denied.contains { entry in
            if entry.name == Self.everything { return true }
            guard entry.name == name || Self.areSynonyms(entry.name, name) else { return false }
            return entry.values.isEmpty || entry.values.contains { $0.forbids(value) }
        }
    }

    private func allows(_ name: [UInt8], _ value: JSON) -> Bool {
        guard !allowed.isEmpty else { return true }
        guard let entry = allowed.first(where: { $0.name == name }) else {
            return allowed.contains { $0.name == Self.everything }
        }
        return entry.values.isEmpty || ParameterValue.permits(value, of: name, among: entry.values)
    }

    private static func areSynonyms(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        synonyms.contains { names in
            names.contains { left.bytesEqual(to: $0) } && names.contains { right.bytesEqual(to: $0) }
        }
    }
}
