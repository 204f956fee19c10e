import Notation

/// Why a context cannot be used; clients hear `INVALID_CONTEXT`.
package enum ContextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is not a JSON object.
    case notAnObject
    /// It has too many values, or names and texts of too many bytes.
    case tooLarge
    /// It is nested too deep.
    case tooDeep

    /// What the context should have been.
    package var description: String {
        switch self {
        case .notAnObject: "context must be an object"
        case .tooLarge:
            "context must have at most \(EvaluationContext.greatestCount) values and "
                + "\(EvaluationContext.greatestSize) bytes"
        case .tooDeep: "context must be nested at most \(EvaluationContext.greatestDepth) levels deep"
        }
    }
}

/// One value of a flattened context.
struct ContextNode {
    let kind: JSON.Kind
    /// Whether `integer` is the value of a number.
    let isInteger: Bool
    /// The name of a member, from here to where its text starts; nothing for an element.
    let nameStart: Int
    /// A text's bytes, or the JSON text of a number or boolean.
    let textStart: Int
    let textEnd: Int
    /// An integer's value; 1 for `true`.
    let integer: Int64
    /// The node after this value and all values in it.
    var end: Int
}

/// Puts the values of a context one after the other.
struct ContextFlattener {
    private(set) var nodes: [ContextNode] = []
    private(set) var bytes: [UInt8] = []
    /// The place of the member `targetingKey` of the outermost object, unless it is `null`.
    private(set) var targetingKey: Int?

    /// An empty object.
    init() {
        nodes = [
            ContextNode(
                kind: .object, isInteger: false, nameStart: 0, textStart: 0, textEnd: 0, integer: 0, end: 1)
        ]
    }

    /// Flattens an object.
    init(_ object: JSONObject) throws(ContextError) {
        nodes.reserveCapacity(object.members.count + 1)
        try add(.object(object), name: "", depth: 0)
    }

    // It calls itself once per level, of which there are at most `EvaluationContext.greatestDepth`.
    private mutating func add(_ json: JSON, name: String, depth: Int) throws(ContextError) {
        guard nodes.count < EvaluationContext.greatestCount else { throw .tooLarge }
        let index = nodes.count
        if depth == 1, json.kind != .null, name.bytesEqual(to: AttributePath.targetingKey.text) {
            targetingKey = index
        }
        let nameStart = bytes.count
        bytes.append(utf8: name)
        let textStart = bytes.count
        var integer: Int64?
        switch json {
        case .string(let text): bytes.append(utf8: text)
        case .number(let text):
            bytes.append(utf8: text)
            integer = Int64(text)
        case .bool(let value):
            bytes.append(literal: value ? "true" : "false")
            integer = value ? 1 : 0
        case .null, .array, .object: break
        }
        guard bytes.count <= EvaluationContext.greatestSize else { throw .tooLarge }
        nodes.append(
            ContextNode(
                kind: json.kind, isInteger: json.kind == .number && integer != nil, nameStart: nameStart,
                textStart: textStart, textEnd: bytes.count, integer: integer ?? 0, end: index + 1))
        switch json {
        case .array(let elements):
            guard depth < EvaluationContext.greatestDepth else { throw .tooDeep }
            for element in elements { try add(element, name: "", depth: depth + 1) }
        case .object(let object):
            guard depth < EvaluationContext.greatestDepth else { throw .tooDeep }
            for member in object.members { try add(member.value, name: member.name, depth: depth + 1) }
        default: return
        }
        nodes[index].end = nodes.count
    }
}
