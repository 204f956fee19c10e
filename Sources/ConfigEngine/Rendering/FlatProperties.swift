import Notation

/// Configuration as one level of names and scalars, as Spring reads it: objects with dots, lists with `[0]`.
enum FlatProperties {
    /// The names and scalars of all leaves; `null` and empty collections are the empty text.
    static func leaves(of values: [(key: String, value: JSON)]) -> [(key: String, value: JSON)] {
        var found: [(key: String, value: JSON)] = []
        for (key, value) in values { flatten(value, key, into: &found) }
        return found
    }

    /// The same as an object; of leaves that get the same name the last one counts.
    static func object(of values: [(key: String, value: JSON)]) -> JSONObject {
        var members: [JSONObject.Member] = []
        var places: [[UInt8]: Int] = [:]
        for (key, value) in leaves(of: values) {
            if let place = places[Array(key.utf8)] {
                members[place].value = value
            } else {
                places[Array(key.utf8)] = members.count
                members.append(.init(name: key, value: value))
            }
        }
        return JSONObject(members)
    }

    // It calls itself once per level of the value, which the parser has limited.
    private static func flatten(_ value: JSON, _ key: String, into found: inout [(key: String, value: JSON)]) {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            for member in object.members { flatten(member.value, "\(key).\(member.name)", into: &found) }
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() { flatten(element, "\(key)[\(index)]", into: &found) }
        case .null, .array, .object: found.append((key, ""))
        case .bool, .number, .string: found.append((key, value))
        }
    }
}
