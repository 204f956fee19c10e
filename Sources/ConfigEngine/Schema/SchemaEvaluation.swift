import Notation

/// One value looked at with a schema's eyes.
struct SchemaEvaluation {
    private let nodes: [SchemaNode]
    private var left = JSONSchema.greatestEffort

    init(_ nodes: [SchemaNode]) { self.nodes = nodes }

    /// Whether the value could not be looked at to its end.
    private(set) var isExhausted = false

    /// What is wrong with a value. It calls itself for parts and for other subschemas, to a limited depth.
    mutating func violations(of value: JSON, node: Int, path: String, depth: Int) -> [SchemaViolation] {
        left -= 1
        guard left > 0, depth < JSONSchema.greatestDepth else {
            isExhausted = true
            return []
        }
        if nodes[node].isImpossible { return [SchemaViolation(path: path, rule: "must not be there")] }
        var found: [SchemaViolation] = []
        for rule in nodes[node].rules {
            if isExhausted { return [] }
            found += check(rule, value, path, depth + 1)
        }
        return found
    }

    private mutating func fits(_ value: JSON, _ node: Int, _ path: String, _ depth: Int) -> Bool {
        violations(of: value, node: node, path: path, depth: depth).isEmpty
    }

    private mutating func check(
        _ rule: SchemaRule, _ value: JSON, _ path: String, _ depth: Int
    ) -> [SchemaViolation] {
        switch rule {
        case .all(let schemas):
            return schemas.flatMap { violations(of: value, node: $0, path: path, depth: depth) }
        case .any(let schemas):
            for schema in schemas where fits(value, schema, path, depth) { return [] }
            return [SchemaViolation(path: path, rule: "must fit one of the alternatives (anyOf)")]
        case .one(let schemas):
            var count = 0
            for schema in schemas where fits(value, schema, path, depth) { count += 1 }
            return count == 1 ? [] : [SchemaViolation(path: path, rule: "must fit exactly one alternative (oneOf)")]
        case .not(let schema):
            return fits(value, schema, path, depth) ? [SchemaViolation(path: path, rule: "must not be so (not)")] : []
        case .when(let condition, let then, let otherwise):
            guard let next = fits(value, condition, path, depth) ? then : otherwise else { return [] }
            return violations(of: value, node: next, path: path, depth: depth)
        case .items, .contains, .unique:
            guard case .array(let elements) = value else { return [] }
            return check(rule, elements, path, depth)
        case .members, .names, .required, .requiredWith, .fitsWith:
            guard case .object(let object) = value else { return [] }
            return check(rule, object, path, depth)
        default:
            return rule.problem(with: value).map { [SchemaViolation(path: path, rule: $0)] } ?? []
        }
    }

    private mutating func check(
        _ rule: SchemaRule, _ elements: [JSON], _ path: String, _ depth: Int
    ) -> [SchemaViolation] {
        switch rule {
        case .items(let first, let rest):
            var found: [SchemaViolation] = []
            for (index, element) in elements.enumerated() {
                guard let node = index < first.count ? first[index] : rest else { break }
                found += violations(of: element, node: node, path: "\(path)[\(index)]", depth: depth)
            }
            return found
        case .contains(let schema, let counts):
            var count = 0
            for element in elements where fits(element, schema, path, depth) { count += 1 }
            return counts.contains(count)
                ? []
                : [SchemaViolation(path: path, rule: "must contain the right number of fitting elements (contains)")]
        case .unique:
            for (index, element) in elements.enumerated() {
                left -= index
                guard left > 0 else {
                    isExhausted = true
                    return []
                }
                guard elements[..<index].contains(where: { $0.isEquivalent(to: element) }) else { continue }
                return [SchemaViolation(path: "\(path)[\(index)]", rule: "is there twice (uniqueItems)")]
            }
            return []
        default: return []
        }
    }

    private mutating func check(
        _ rule: SchemaRule, _ object: JSONObject, _ path: String, _ depth: Int
    ) -> [SchemaViolation] {
        switch rule {
        case .members(let named, let matching, let rest):
            var found: [SchemaViolation] = []
            for member in object.members {
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                var isKnown = false
                for (name, node) in named where name.bytesEqual(to: member.name) {
                    isKnown = true
                    found += violations(of: member.value, node: node, path: place, depth: depth)
                }
                for (pattern, node) in matching where pattern.matches(member.name) {
                    isKnown = true
                    found += violations(of: member.value, node: node, path: place, depth: depth)
                }
                if !isKnown, let rest {
                    found += violations(of: member.value, node: rest, path: place, depth: depth)
                }
            }
            return found
        case .names(let schema):
            for member in object.members where !fits(.string(member.name), schema, path, depth) {
                return [SchemaViolation(path: path, rule: "has a member whose name does not fit (propertyNames)")]
            }
            return []
        case .required(let names):
            return names.filter { object[$0] == nil }
                .map { SchemaViolation(path: path.isEmpty ? $0 : "\(path).\($0)", rule: "is missing") }
        case .requiredWith(let name, let others):
            guard object[name] != nil else { return [] }
            return others.filter { object[$0] == nil }.map {
                SchemaViolation(path: path.isEmpty ? $0 : "\(path).\($0)", rule: "is missing, which \(name) asks for")
            }
        case .fitsWith(let name, let schema):
            guard object[name] != nil else { return [] }
            return violations(of: .object(object), node: schema, path: path, depth: depth)
        default: return []
        }
    }
}
