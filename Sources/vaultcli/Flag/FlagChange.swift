internal import Notation

/// One difference between two documents.
struct FlagChange: Sendable {
    /// Where it is, for example `rules[r1].serve.variation`.
    let path: String
    /// What was there; `nil` when nothing was.
    let from: JSON?
    /// What is there now; `nil` when nothing is.
    let to: JSON?

    /// The difference for people: `+`, `-` or `~`, the place and the values.
    var line: String {
        let sign = from == nil ? "+" : to == nil ? "-" : "~"
        let values = [from, to].compactMap { $0.map(CellText.cell) }.joined(separator: " -> ")
        return CellText.printable("\(sign) \(path): \(values)")
    }

    /// The difference as the API writes it.
    var json: JSON {
        var object: JSONObject = ["path": .string(path)]
        if let from { object["from"] = from }
        if let to { object["to"] = to }
        return .object(object)
    }

    /// Reads a list of differences of the API.
    ///
    /// - Parameter changes: the list.
    /// - Returns: the differences.
    static func list(_ changes: JSON?) -> [FlagChange] {
        (changes?.arrayValue ?? []).map {
            FlagChange(path: $0["path"]?.stringValue ?? "", from: $0["from"], to: $0["to"])
        }
    }

    /// Differences for people.
    ///
    /// - Parameters:
    ///   - changes: the differences.
    ///   - none: what to say when there are none.
    /// - Returns: a line each.
    static func text(_ changes: [FlagChange], none: String) -> String {
        changes.isEmpty ? none : changes.map(\.line).joined(separator: "\n")
    }

    /// The differences between two documents: members by name, and elements of lists by what names them (a rule's id,
    /// a prerequisite's flag, a target's kind and variation); other lists as a whole.
    ///
    /// It calls itself once per level of nesting, which the parser that made the documents has limited.
    ///
    /// - Parameters:
    ///   - left: the one document; `nil` when there is none.
    ///   - right: the other.
    ///   - path: where they are; empty for the whole.
    /// - Returns: the differences in the order of the documents.
    static func between(_ left: JSON?, _ right: JSON?, path: String = "") -> [FlagChange] {
        if let left, let right {
            if left.isIdentical(to: right) { return [] }
            if let (before, after) = named(left, right) {
                let changes = between(before, after) { name in
                    left.arrayValue != nil ? "\(path)[\(name)]" : path.isEmpty ? name : "\(path).\(name)"
                }
                return changes + reordering(left, before, after, path)
            }
        }
        return left == nil && right == nil ? [] : [FlagChange(path: path, from: left, to: right)]
    }

    private static func between(
        _ left: JSONObject, _ right: JSONObject, at place: (String) -> String
    ) -> [FlagChange] {
        left.members.flatMap { between($0.value, right[$0.name], path: place($0.name)) }
            + right.members.filter { left[$0.name] == nil }.flatMap { between(nil, $0.value, path: place($0.name)) }
    }

    /// Both documents by names, when both are objects or lists of elements with names.
    private static func named(_ left: JSON, _ right: JSON) -> (JSONObject, JSONObject)? {
        if let left = left.objectValue, let right = right.objectValue { return (left, right) }
        guard let left = elements(left), let right = elements(right) else { return nil }
        return (left, right)
    }

    private static func elements(_ list: JSON) -> JSONObject? {
        guard let values = list.arrayValue else { return nil }
        var result = JSONObject()
        for value in values {
            guard let name = name(of: value), result[name] == nil else { return nil }
            result[name] = value
        }
        return result
    }

    private static func name(of element: JSON) -> String? {
        if let name = element["id"]?.stringValue ?? element["flag"]?.stringValue { return name }
        guard let variation = element["variation"]?.stringValue else { return nil }
        guard let kind = element["kind"]?.stringValue else { return variation }
        return "\(kind):\(variation)"
    }

    /// The difference when elements that both lists have stand in another order, which matters to rules and splits.
    private static func reordering(
        _ list: JSON, _ left: JSONObject, _ right: JSONObject, _ path: String
    ) -> [FlagChange] {
        guard list.arrayValue != nil else { return [] }
        let before = left.members.map(\.name).filter { right[$0] != nil }
        let after = right.members.map(\.name).filter { left[$0] != nil }
        if zip(before, after).allSatisfy({ $0.bytesEqual(to: $1) }) { return [] }
        return [FlagChange(path: path, from: .strings(before), to: .strings(after))]
    }
}
