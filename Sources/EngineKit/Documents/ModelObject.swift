package import Notation

/// An object of a document that is being read: only members it knows are accepted, and `null` counts as absent.
package struct ModelObject {
    private let members: JSONObject
    /// Where the object stands, as ``ModelError/path`` says it.
    package let path: String

    /// Takes an object.
    ///
    /// - Parameters:
    ///   - json: The value that should be an object.
    ///   - path: Where it stands.
    ///   - names: The members it may have.
    /// - Throws: ``ModelError`` when it is something else or has another member.
    package init(_ json: JSON, path: String, allowing names: [String]) throws(ModelError) {
        guard let members = json.objectValue else { throw ModelError(path: path, problem: "must be an object") }
        self.members = members
        self.path = path
        for (index, member) in members.members.enumerated() {
            guard !names.contains(where: { $0.bytesEqual(to: member.name) }) else { continue }
            // A name that no document has may be anything, so only an ordinary one is repeated.
            guard DocumentName.isValid(member.name) else {
                throw ModelError(path: path, problem: "has an unknown member at position \(index)")
            }
            throw ModelError(path: self.path(of: member.name), problem: "is not a known member")
        }
    }

    /// Takes the object that a field should be.
    package init(_ field: ModelField, allowing names: [String]) throws(ModelError) {
        try self.init(field.json, path: field.path, allowing: names)
    }

    /// The member under a name, unless it is absent or `null`.
    package subscript(_ name: String) -> ModelField? {
        guard let value = members[name], value.kind != .null else { return nil }
        return ModelField(json: value, path: path(of: name))
    }

    /// The member under a name, which must be there.
    package func required(_ name: String) throws(ModelError) -> ModelField {
        guard let field = self[name] else { throw ModelError(path: path(of: name), problem: "is missing") }
        return field
    }

    /// A boolean, or another one when it is absent.
    package func bool(_ name: String, default value: Bool) throws(ModelError) -> Bool {
        guard let field = self[name] else { return value }
        return try field.bool()
    }

    /// A text, or the empty one when it is absent.
    package func text(_ name: String, limit: Int) throws(ModelError) -> String {
        guard let field = self[name] else { return "" }
        return try field.text(limit: limit)
    }

    /// The elements of an array; none when it is absent.
    package func elements(_ name: String, limit: Int) throws(ModelError) -> [ModelField] {
        guard let field = self[name] else { return [] }
        return try field.elements(limit: limit)
    }

    /// Where a member stands.
    package func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
