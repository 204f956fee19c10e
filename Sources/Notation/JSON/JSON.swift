/// A JSON value (RFC 8259) as a tree.
///
/// Numbers keep the text they were written with, so that `12345678901234567890` and `1.0` come back unchanged.
/// Objects keep the order of their members. Strings are Swift strings made from validated UTF-8; names and values
/// that decide anything are compared by their bytes, never by `==` on `String`, which treats canonically equivalent
/// spellings as one.
package indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    /// A number by its literal text, for example `-1.50e3`.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// The members of a JSON object in the order they were written.
package struct JSONObject: Sendable {
    /// One name and its value.
    package struct Member: Sendable {
        /// The member's name.
        package var name: String
        /// The member's value.
        package var value: JSON

        /// Makes a member from its name and value.
        package init(name: String, value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The members in order. Names are unique when the object came from the parser.
    package var members: [Member]

    /// Makes an object from members in order.
    package init(_ members: [Member] = []) {
        self.members = members
    }

    /// The value under a name compared by UTF-8 bytes; setting `nil` removes it, setting a new name appends it.
    package subscript(_ name: String) -> JSON? {
        get { members.first { $0.name.bytesEqual(to: name) }?.value }
        set {
            let index = members.firstIndex { $0.name.bytesEqual(to: name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes an object from a literal, keeping the literal's order.
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(elements.map { Member(name: $0.0, value: $0.1) })
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a JSON string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// Makes a JSON boolean.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes a JSON number from an integer.
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    /// Makes a JSON array.
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// Makes a JSON object that keeps the literal's order.
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
    /// Makes JSON `null`.
    package init(nilLiteral: ()) { self = .null }
}

extension JSON {
    /// Makes a JSON number from an integer.
    package static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }
    /// Makes a JSON array of strings.
    package static func strings(_ values: some Sequence<String>) -> JSON { .array(values.map { .string($0) }) }
    /// The string, when this is one.
    package var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    /// The boolean, when this is one.
    package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The number as an `Int`, when this is a number whose text is an integer in range.
    package var intValue: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    /// The elements, when this is an array.
    package var arrayValue: [JSON]? { if case .array(let value) = self { value } else { nil } }
    /// The members, when this is an object.
    package var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// The member of this object under a name (by bytes), when this is an object that has it.
    package subscript(_ name: String) -> JSON? { objectValue?[name] }
}

extension JSONObject {
    /// This object's members followed by another's.
    package func joined(with other: JSONObject) -> JSONObject { JSONObject(members + other.members) }

    /// The members under some names.
    package func only(_ names: [String]) -> JSONObject {
        JSONObject(members.filter { member in names.contains { $0.utf8.elementsEqual(member.name.utf8) } })
    }
}
