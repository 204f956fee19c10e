package import Notation

/// One difference between two documents.
package struct FieldChange: Sendable {
    /// Where it is, for example `rules[r1].serve.variation`: elements that name themselves are named so.
    package let path: String
    /// What was there; `nil` when nothing was.
    package let from: JSON?
    /// What is there now; `nil` when nothing is.
    package let to: JSON?

    /// Describes a difference.
    package init(path: String, from: JSON?, to: JSON?) {
        self.path = path
        self.from = from
        self.to = to
    }

    /// The difference as an object; `from` and `to` are left out where nothing is.
    package var json: JSON {
        var object: JSONObject = ["path": .string(path)]
        if let from { object["from"] = from }
        if let to { object["to"] = to }
        return .object(object)
    }

    /// The differences between two documents: members by name, rules by id, prerequisites by flag, targets by kind
    /// and variation, lists of different texts as what was taken out and put in, and other arrays as a whole.
    ///
    /// It calls itself once per level of nesting, which the parser has limited to `JSONLimits.greatestDepth`.
    package static func between(_ earlier: JSON, _ later: JSON) -> [FieldChange] {
        var changes: [FieldChange] = []
        collect(earlier, later, path: "", into: &changes)
        return changes
    }

    private static func collect(_ from: JSON?, _ to: JSON?, path: String, into changes: inout [FieldChange]) {
        switch (from, to) {
        case (nil, nil): return
        case (let from?, let to?):
            if from.isIdentical(to: to) { return }
            if case (.object(let left), .object(let right)) = (from, to) {
                collect(left, right, path: path, into: &changes)
            } else if let left = Elements(from), let right = Elements(to), left.canBeCompared(with: right) {
                collect(left, right, path: path, into: &changes)
            } else {
                changes.append(FieldChange(path: path, from: from, to: to))
            }
        default: changes.append(FieldChange(path: path, from: from, to: to))
        }
    }

    private static func collect(
        _ left: JSONObject, _ right: JSONObject, path: String, into changes: inout [FieldChange]
    ) {
        let prefix = path.isEmpty ? "" : "\(path)."
        let (leftPlaces, rightPlaces) = (left.indexByName, right.indexByName)
        for member in left.members {
            let other = rightPlaces[Array(member.name.utf8)].map { right.members[$0].value }
            collect(member.value, other, path: prefix + member.name, into: &changes)
        }
        for member in right.members where leftPlaces[Array(member.name.utf8)] == nil {
            collect(nil, member.value, path: prefix + member.name, into: &changes)
        }
    }

    private static func collect(
        _ left: Elements, _ right: Elements, path: String, into changes: inout [FieldChange]
    ) {
        let before = changes.count
        let isKeyed = left.isKeyed || right.isKeyed
        for (index, name) in left.names.enumerated() {
            let other = right.place(of: name).map { right.values[$0] }
            collect(left.values[index], other, path: isKeyed ? "\(path)[\(name)]" : path, into: &changes)
        }
        for (index, name) in right.names.enumerated() where left.place(of: name) == nil {
            collect(nil, right.values[index], path: isKeyed ? "\(path)[\(name)]" : path, into: &changes)
        }
        let kept = left.names.filter { right.place(of: $0) != nil }
        let keptNow = right.names.filter { left.place(of: $0) != nil }
        if !zip(kept, keptNow).allSatisfy({ $0.bytesEqual(to: $1) }) || changes.count == before {
            changes.append(FieldChange(path: path, from: .strings(kept), to: .strings(keptNow)))
        }
    }
}

/// An array whose elements can be told apart: different texts, or objects that name themselves differently.
private struct Elements {
    let values: [JSON]
    let names: [String]
    let isKeyed: Bool
    private let positions: [[UInt8]: Int]

    init?(_ json: JSON) {
        guard case .array(let values) = json else { return nil }
        let texts = values.compactMap(\.stringValue)
        let keys = values.compactMap(Self.key)
        guard texts.count == values.count || keys.count == values.count else { return nil }
        self.values = values
        isKeyed = texts.count != values.count
        names = isKeyed ? keys : texts
        var places: [[UInt8]: Int] = [:]
        for (index, name) in names.enumerated() where places.updateValue(index, forKey: Array(name.utf8)) != nil {
            return nil
        }
        positions = places
    }

    /// Where the element of a name stands; `nil` when there is none.
    func place(of name: String) -> Int? { positions[Array(name.utf8)] }

    func canBeCompared(with other: Elements) -> Bool {
        isKeyed == other.isKeyed || names.isEmpty || other.names.isEmpty
    }

    // A rule has an id, a prerequisite its flag, a target its kind and variation, a share its variation.
    private static func key(_ json: JSON) -> String? {
        if let name = json["id"]?.stringValue ?? json["flag"]?.stringValue { return name }
        guard let variation = json["variation"]?.stringValue else { return nil }
        guard let kind = json["kind"]?.stringValue else { return variation }
        return "\(kind):\(variation)"
    }
}
