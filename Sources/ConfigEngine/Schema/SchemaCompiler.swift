import Notation

/// Makes rules of a schema's keywords.
struct SchemaCompiler {
    /// The subschemas so far.
    private(set) var nodes: [SchemaNode] = []
    // Where subschemas stand, by JSON pointer and by anchor; and what is still to be found there.
    private var places: [String: Int] = [:]
    private var references: [(from: String, to: String, node: Int)] = []

    /// Words that say nothing about which values fit.
    private static let annotations = [
        "$schema", "$id", "$comment", "$vocabulary", "$anchor", "$defs", "definitions", "title", "description",
        "default", "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType",
        "contentSchema", "then", "else", "minContains", "maxContains", "additionalProperties", "patternProperties",
        "prefixItems",
    ]

    /// Compiles a whole schema.
    mutating func compile(_ json: JSON) throws(SchemaError) {
        _ = try node(json, "", depth: 0)
        for reference in references {
            guard let target = places[reference.to] else {
                throw SchemaError(path: reference.from, problem: "refers to a place that is not in this schema")
            }
            nodes[reference.node].rules.append(.all([target]))
        }
    }

    /// Compiles a subschema; it calls itself once per level, which is limited.
    private mutating func node(_ json: JSON, _ path: String, depth: Int) throws(SchemaError) -> Int {
        guard nodes.count < JSONSchema.greatestSize, depth < JSONSchema.greatestDepth else {
            throw SchemaError(path: path, problem: "the schema is too large")
        }
        let place = nodes.count
        nodes.append(SchemaNode())
        places["#" + path] = place
        switch json {
        case .bool(let fits): nodes[place].isImpossible = !fits
        case .object(let object):
            for member in object.members {
                try keyword(member.name, member.value, of: object, path, place, depth)
            }
        default: throw SchemaError(path: path, problem: "must be an object or a boolean")
        }
        return place
    }

    private mutating func keyword(
        _ name: String, _ value: JSON, of object: JSONObject, _ path: String, _ place: Int, _ depth: Int
    ) throws(SchemaError) {
        let own = path + "/" + Self.pointer(name)
        func failure(_ problem: String) -> SchemaError { SchemaError(path: own, problem: problem) }
        func add(_ rule: SchemaRule) { nodes[place].rules.append(rule) }
        switch name {
        case "type":
            let types = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
            let known = ["null", "boolean", "object", "array", "number", "integer", "string"]
            guard !types.isEmpty, types.count == value.arrayValue?.count ?? 1,
                types.allSatisfy({ type in known.contains { $0.bytesEqual(to: type) } })
            else { throw failure("must be among \(known.joined(separator: ", "))") }
            add(.types(types))
        case "enum":
            guard let values = value.arrayValue else { throw failure("must be an array") }
            add(.among(values))
        case "const": add(.equal(value))
        case "multipleOf":
            let text = try number(value, own)
            guard let divisor = Double(text), divisor > 0 else { throw failure("must be above 0") }
            add(.multiple(text))
        case "maximum": add(.bound(try number(value, own), .maximum))
        case "minimum": add(.bound(try number(value, own), .minimum))
        case "exclusiveMaximum": add(.bound(try number(value, own), .below))
        case "exclusiveMinimum": add(.bound(try number(value, own), .above))
        case "maxLength": add(.count(.characters, 0...(try count(value, own))))
        case "minLength": add(.count(.characters, try count(value, own)...Int.max))
        case "maxItems": add(.count(.elements, 0...(try count(value, own))))
        case "minItems": add(.count(.elements, try count(value, own)...Int.max))
        case "maxProperties": add(.count(.members, 0...(try count(value, own))))
        case "minProperties": add(.count(.members, try count(value, own)...Int.max))
        case "pattern":
            guard let text = value.stringValue else { throw failure("must be a string") }
            add(.pattern(try pattern(text, own)))
        case "format":
            guard let text = value.stringValue else { throw failure("must be a string") }
            // Forms that are not known are annotations (section 7.2.2 of the validation vocabulary).
            if let format = SchemaFormat(rawValue: text) { add(.format(format)) }
        case "uniqueItems":
            guard let isUnique = value.boolValue else { throw failure("must be a boolean") }
            if isUnique { add(.unique) }
        case "required": add(.required(try names(value, own)))
        case "dependentRequired":
            for member in try members(value, own) {
                add(.requiredWith(member.name, try names(member.value, own)))
            }
        case "items", "properties", "contains":
            try collection(name, value, of: object, path, place, depth)
        case "propertyNames": add(.names(try node(value, own, depth: depth + 1)))
        case "dependentSchemas":
            for (name, schema) in try schemas(value, own, depth) { add(.fitsWith(name, schema)) }
        case "allOf": add(.all(try list(value, own, depth)))
        case "anyOf": add(.any(try list(value, own, depth)))
        case "oneOf": add(.one(try list(value, own, depth)))
        case "not": add(.not(try node(value, own, depth: depth + 1)))
        case "if":
            let condition = try node(value, own, depth: depth + 1)
            let then = try optional("then", of: object, path, depth)
            let otherwise = try optional("else", of: object, path, depth)
            add(.when(condition, then: then, otherwise: otherwise))
        case "$ref":
            guard let text = value.stringValue, text.utf8.first == UInt8(ascii: "#") else {
                throw failure("must refer to a place in this schema, with # in front")
            }
            references.append((own, Self.decoded(text), place))
        case "$anchor":
            guard let text = value.stringValue else { throw failure("must be a string") }
            places["#\(text)"] = place
        case "$defs", "definitions": _ = try schemas(value, own, depth)
        case "prefixItems" where object["items"] == nil:
            try collection("items", .bool(true), of: object, path, place, depth)
        case "patternProperties" where object["properties"] == nil,
            "additionalProperties" where object["properties"] == nil && object["patternProperties"] == nil:
            try collection("properties", [:], of: object, path, place, depth)
        default:
            guard Self.annotations.contains(where: { $0.bytesEqual(to: name) }) else {
                throw SchemaError(path: path, problem: "has a keyword that is not checked here")
            }
        }
    }

    /// The keywords that work together on the parts of a value.
    private mutating func collection(
        _ name: String, _ value: JSON, of object: JSONObject, _ path: String, _ place: Int, _ depth: Int
    ) throws(SchemaError) {
        switch name {
        case "items":
            var first: [Int] = []
            if let prefix = object["prefixItems"] { first = try list(prefix, path + "/prefixItems", depth) }
            let rest = try node(value, path + "/items", depth: depth + 1)
            nodes[place].rules.append(.items(first: first, rest: rest))
        case "contains":
            let least =
                try object["minContains"]
                .map { json throws(SchemaError) in try count(json, path + "/minContains") } ?? 1
            let most =
                try object["maxContains"]
                .map { json throws(SchemaError) in try count(json, path + "/maxContains") } ?? Int.max
            guard least <= most else { throw SchemaError(path: path, problem: "minContains is above maxContains") }
            let inner = try node(value, path + "/contains", depth: depth + 1)
            nodes[place].rules.append(.contains(inner, least...most))
        default:
            let named = try schemas(value, path + "/properties", depth)
            var matching: [(RegularExpression, Int)] = []
            if let patterns = object["patternProperties"] {
                for (text, schema) in try schemas(patterns, path + "/patternProperties", depth) {
                    matching.append((try pattern(text, path + "/patternProperties"), schema))
                }
            }
            let rest = try optional("additionalProperties", of: object, path, depth)
            nodes[place].rules.append(.members(named: named, matching: matching, rest: rest))
        }
    }

    private mutating func optional(
        _ name: String, of object: JSONObject, _ path: String, _ depth: Int
    ) throws(SchemaError) -> Int? {
        guard let json = object[name] else { return nil }
        return try node(json, "\(path)/\(name)", depth: depth + 1)
    }

    private mutating func list(_ json: JSON, _ path: String, _ depth: Int) throws(SchemaError) -> [Int] {
        guard let elements = json.arrayValue, !elements.isEmpty else {
            throw SchemaError(path: path, problem: "must be an array with at least one schema")
        }
        var found: [Int] = []
        for (index, element) in elements.enumerated() {
            found.append(try node(element, "\(path)/\(index)", depth: depth + 1))
        }
        return found
    }

    private mutating func schemas(
        _ json: JSON, _ path: String, _ depth: Int
    ) throws(SchemaError) -> [(String, Int)] {
        var found: [(String, Int)] = []
        for member in try members(json, path) {
            found.append(
                (member.name, try node(member.value, "\(path)/\(Self.pointer(member.name))", depth: depth + 1)))
        }
        return found
    }

    private func members(_ json: JSON, _ path: String) throws(SchemaError) -> [JSONObject.Member] {
        guard let object = json.objectValue else { throw SchemaError(path: path, problem: "must be an object") }
        return object.members
    }

    private func names(_ json: JSON, _ path: String) throws(SchemaError) -> [String] {
        guard let elements = json.arrayValue else { throw SchemaError(path: path, problem: "must be an array") }
        let names = elements.compactMap(\.stringValue)
        guard names.count == elements.count else {
            throw SchemaError(path: path, problem: "must be an array of strings")
        }
        return names
    }

    private func number(_ json: JSON, _ path: String) throws(SchemaError) -> String {
        guard case .number(let text) = json else { throw SchemaError(path: path, problem: "must be a number") }
        return text
    }

    private func count(_ json: JSON, _ path: String) throws(SchemaError) -> Int {
        guard case .number(let text) = json, let value = Double(text), let count = Int(exactly: value), count >= 0
        else { throw SchemaError(path: path, problem: "must be an integer that is not negative") }
        return count
    }

    private func pattern(_ text: String, _ path: String) throws(SchemaError) -> RegularExpression {
        do throws(RegularExpressionError) {
            return try RegularExpression(text)
        } catch {
            throw SchemaError(path: path, problem: error.description)
        }
    }

    /// A name as a part of a JSON pointer (RFC 6901).
    private static func pointer(_ name: String) -> String {
        var escaped: [UInt8] = []
        for byte in Array(name.utf8) {
            switch byte {
            case UInt8(ascii: "~"): escaped += Array("~0".utf8)
            case UInt8(ascii: "/"): escaped += Array("~1".utf8)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// A reference without the percent-encoding of a URI's fragment.
    private static func decoded(_ text: String) -> String {
        var decoded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let value = Hexadecimal.decode(String(decoding: rest.prefix(2), as: UTF8.self)),
                let value = value.first
            {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
