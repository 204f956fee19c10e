package import Notation

/// What a layer says of a key: a value, or that the value of the layers above does not count.
package enum LayerValue: Sendable {
    /// This value; `null` is one.
    case value(JSON)
    /// No value, whatever the layers above have.
    case unset

    /// The content of the document.
    package var content: JSONObject {
        switch self {
        case .value(let value): ["value": value]
        case .unset: ["unset": true]
        }
    }

    /// Reads a document's content back; `nil` when it is none of ours.
    package init?(content: JSONObject) {
        if let value = content["value"] {
            self = .value(value)
        } else if content["unset"]?.boolValue == true {
            self = .unset
        } else {
            return nil
        }
    }

    /// What stands for no value where a value is expected.
    package static let unsetMarker: JSON = ["$unset": true]

    /// Whether a value stands for none.
    package static func isUnset(_ value: JSON) -> Bool { value.isIdentical(to: unsetMarker) }

    /// What is said by a value, or by the mark that there is none.
    package init(said value: JSON) { self = Self.isUnset(value) ? .unset : .value(value) }

    /// The value; `nil` when there is none.
    package var value: JSON? { if case .value(let value) = self { value } else { nil } }
}

/// The rules by which layers become one value: objects merge member by member, everything else replaces, `null` is a
/// value, and unset takes away what the layers above have; so does `{"$unset": true}` in the place of a member.
package enum LayerMerge {
    /// What came out of merging: the value, and which layer each of its leaves is from.
    package struct Merged: Sendable {
        /// The value.
        package let value: JSON
        /// The place of the layer that had the last word, in the order of the layers that were merged.
        package let winner: Int
        /// Leaves of an object that are from other layers than the winner, by their dotted path.
        package let others: [(path: String, layer: Int)]
    }

    /// Merges what layers say, those that win last.
    ///
    /// - Returns: `nil` when nothing is left.
    package static func merge(_ layers: [LayerValue?]) -> Merged? {
        var merged: Leaf?
        for (index, layer) in layers.enumerated() {
            switch layer {
            case nil: continue
            case .unset?: merged = nil
            case .value(let value)?: merged = Leaf.merge(value, index, over: merged)
            }
        }
        guard let merged else { return nil }
        let winner = merged.last
        var others: [(path: String, layer: Int)] = []
        merged.collect("", besides: winner, into: &others)
        return Merged(value: merged.json, winner: winner, others: others)
    }

    /// A value whose parts know their layers.
    private indirect enum Leaf {
        case plain(JSON, Int)
        case object([(name: String, leaf: Leaf)], Int)

        /// The layer that had the last word on any part.
        var last: Int {
            switch self {
            case .plain(_, let layer): layer
            case .object(let members, let layer): members.reduce(layer) { max($0, $1.leaf.last) }
            }
        }

        var json: JSON {
            switch self {
            case .plain(let value, _): value
            case .object(let members, _):
                .object(JSONObject(members.map { JSONObject.Member(name: $0.name, value: $0.leaf.json) }))
            }
        }

        /// A value over what is there; `nil` where it is the mark that there is none. It calls itself once per level of
        /// the value, which the parser has limited.
        static func merge(_ value: JSON, _ layer: Int, over below: Leaf?) -> Leaf? {
            if LayerValue.isUnset(value) { return nil }
            guard case .object(let object) = value, !SecretReference.isReference(value) else {
                return .plain(value, layer)
            }
            var members: [(name: String, leaf: Leaf?)] = []
            if case .object(let present, _)? = below { members = present.map { ($0.name, $0.leaf) } }
            var places: [[UInt8]: Int] = [:]
            for (index, member) in members.enumerated() { places[Array(member.name.utf8)] = index }
            for member in object.members {
                if let place = places[Array(member.name.utf8)] {
                    members[place].leaf = merge(member.value, layer, over: members[place].leaf)
                } else {
                    members.append((member.name, merge(member.value, layer, over: nil)))
                }
            }
            return .object(members.compactMap { name, leaf in leaf.map { (name, $0) } }, layer)
        }

        func collect(_ path: String, besides winner: Int, into found: inout [(path: String, layer: Int)]) {
            switch self {
            case .plain(_, let layer):
                if layer != winner { found.append((path, layer)) }
            case .object(let members, _):
                for member in members {
                    member.leaf.collect(
                        path.isEmpty ? member.name : "\(path).\(member.name)", besides: winner, into: &found)
                }
            }
        }
    }
}
