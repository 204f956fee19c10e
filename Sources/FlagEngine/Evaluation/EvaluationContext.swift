package import EngineKit
package import Notation

/// Who or what a flag is evaluated for: a JSON object, flattened once per request so that attributes are found by
/// their bytes without allocating.
package struct EvaluationContext: Sendable {
    /// Arrays and objects open at once.
    package static let greatestDepth = 32
    /// Values of any kind.
    package static let greatestCount = 10_000
    /// Bytes of all names and texts together.
    package static let greatestSize = 262_144

    /// Where a value stands in the context; only the context it came from understands it.
    struct Place: Sendable {
        fileprivate let index: Int

        /// The context itself.
        static let root = Place(index: 0)
    }

    /// The object this was made from.
    package let json: JSONObject
    // All values in the order of the text, an object's or array's own before the values in it.
    private let nodes: [ContextNode]
    private let bytes: [UInt8]
    /// Where `targetingKey` stands, when it is there and not `null`.
    let targetingKey: Place?

    /// The context of a request that brought none.
    package static let empty = EvaluationContext(JSONObject(), ContextFlattener())

    /// Makes a context.
    ///
    /// - Parameter json: An object; nothing or `null` counts as an empty one.
    /// - Throws: ``ContextError`` when it is something else or too large.
    package init(_ json: JSON?) throws(ContextError) {
        switch json {
        case nil, .null?: self.init(JSONObject(), ContextFlattener())
        case .object(let object)?: self.init(object, try ContextFlattener(object))
        default: throw .notAnObject
        }
    }

    private init(_ json: JSONObject, _ flattened: ContextFlattener) {
        self.json = json
        nodes = flattened.nodes
        bytes = flattened.bytes
        targetingKey = flattened.targetingKey.map { Place(index: $0) }
    }

    /// The targeting key as text, when it is a text, a number or a boolean.
    package var targetingKeyText: String? {
        guard let targetingKey, isScalar(at: targetingKey) else { return nil }
        return String(utf8: text(at: targetingKey))
    }

    /// The context in canonical form, for digests and entity tags.
    package var canonicalJSON: [UInt8] { CanonicalJSON.bytes(of: json) }

    /// The BLAKE2b-256 digest of ``canonicalJSON``.
    package var digest: Digest256 { BLAKE2b256.digest(of: canonicalJSON.span) }
}

extension EvaluationContext {
    /// What is at a place.
    func kind(at place: Place) -> JSON.Kind { nodes[place.index].kind }

    /// The bytes of a text, or the JSON text of a number or boolean.
    @_lifetime(borrow self)
    func text(at place: Place) -> Span<UInt8> {
        let node = nodes[place.index]
        return bytes.span.extracting(node.textStart..<node.textEnd)
    }

    /// The number at a place when it is written as an integer of 64 bits.
    func integer(at place: Place) -> Int64? {
        let node = nodes[place.index]
        return node.isInteger ? node.integer : nil
    }

    /// The boolean at a place.
    func isTrue(at place: Place) -> Bool { nodes[place.index].integer == 1 }

    /// Whether a text, a number or a boolean is at a place.
    func isScalar(at place: Place) -> Bool {
        switch kind(at: place) {
        case .string, .number, .boolean: true
        case .null, .array, .object: false
        }
    }

    /// The first value of an array or object.
    func firstChild(of parent: Place) -> Place? {
        let first = parent.index &+ 1
        return first < nodes[parent.index].end ? Place(index: first) : nil
    }

    /// The value after another one in the same array or object.
    func sibling(after place: Place, in parent: Place) -> Place? {
        let next = nodes[place.index].end
        return next < nodes[parent.index].end ? Place(index: next) : nil
    }

    /// Where an attribute stands; `nil` when it is not there or `null`.
    func place(of path: AttributePath) -> Place? {
        if !path.literal.isEmpty, let place = child(named: path.literal, of: .root) { return present(place) }
        var place = Place.root
        for name in path.names {
            guard let next = child(named: name, of: place) else { return nil }
            place = next
        }
        return present(place)
    }

    /// Where the member with a name, or the element with a decimal number, stands in the value at a place.
    func child(named name: [UInt8], of parent: Place) -> Place? {
        switch nodes[parent.index].kind {
        case .object:
            let end = nodes[parent.index].end
            var index = parent.index &+ 1
            while index < end {
                if isName(of: index, equalTo: name) { return Place(index: index) }
                index = nodes[index].end
            }
            return nil
        case .array: return element(numbered: name, of: parent)
        default: return nil
        }
    }

    private func element(numbered name: [UInt8], of parent: Place) -> Place? {
        guard name.count <= 5, let first = name.first, name.count == 1 || first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for byte in name {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            number = number &* 10 &+ Int(byte &- UInt8(ascii: "0"))
        }
        var place = firstChild(of: parent)
        while number > 0, let current = place {
            place = sibling(after: current, in: parent)
            number &-= 1
        }
        return place
    }

    private func present(_ place: Place) -> Place? { nodes[place.index].kind == .null ? nil : place }

    private func isName(of index: Int, equalTo name: [UInt8]) -> Bool {
        let node = nodes[index]
        guard node.textStart &- node.nameStart == name.count else { return false }
        for position in name.indices where bytes[node.nameStart &+ position] != name[position] { return false }
        return true
    }
}
