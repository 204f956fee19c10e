package import EngineKit
package import Notation

/// What a key is: its type, what it is for, who answers for it, and how its values may be changed.
package struct KeyDefinition: Sendable {
    /// Whether a running service takes up a new value by itself.
    package enum Reload: String, CaseIterable, Sendable {
        /// At once.
        case dynamic
        /// When it is started anew.
        case `static`
    }

    /// What the values are.
    package var type: KeyType
    /// What a value must be beside its type, JSON Schema (draft 2020-12); `nil` for anything.
    package var schema: JSON?
    /// What the key is for.
    package var text = ""
    /// Who answers for it.
    package var owner = ""
    /// Words to find it by.
    package var tags: [String] = []
    /// Where more is written about it.
    package var docs = ""
    /// Whether its values are shown only to those who may reveal them.
    package var isSensitive = false
    /// Whether a running service takes up a new value by itself.
    package var reload = Reload.dynamic
    /// Where no layer below has a value of its own; `nil` for nowhere.
    package var lock: KeyLock?
    /// Why the key should no longer be used; `nil` while it should.
    package var deprecated: String?
    /// The value where no layer has one; `nil` for none.
    package var defaultValue: JSON?
    /// Whether changes of the key and its values ask for `sudo`.
    package var isProtected = false

    private static let members = [
        "type", "schema", "description", "owner", "tags", "docs", "sensitive", "reload", "locked_at", "deprecated",
        "default", "protected",
    ]

    /// A key that nobody declared.
    package static let undeclared = KeyDefinition(type: nil)

    /// The type is any when nobody declared it.
    private init(type: KeyType?) {
        self.type = type ?? .string
        isDeclared = type != nil
    }

    /// Whether somebody declared the key; the values of one that nobody declared have any type.
    package private(set) var isDeclared = true

    /// Reads a definition.
    ///
    /// - Throws: ``ModelError`` with the member that is wrong and the rule.
    package init(json: JSON) throws(ModelError) {
        let object = try ModelObject(json, path: "", allowing: Self.members)
        type = try object.required("type").word()
        if let schema = object["schema"] {
            self.schema = schema.json
            guard case .object = schema.json else { throw schema.failure("must be an object") }
        }
        text = try object.text("description", limit: 4_096)
        owner = try object.text("owner", limit: 256)
        for tag in try object["tags"]?.elements(limit: 50) ?? [] { tags.append(try tag.text(limit: 64)) }
        docs = try object.text("docs", limit: 2_048)
        isSensitive = try object.bool("sensitive", default: false)
        if let reload = object["reload"] { self.reload = try reload.word() }
        if let lock = object["locked_at"] { self.lock = try KeyLock(lock) }
        let deprecated = try object.text("deprecated", limit: 1_024)
        self.deprecated = deprecated.utf8.isEmpty ? nil : deprecated
        isProtected = try object.bool("protected", default: false)
        // `null` is a value, so it is looked for in the document itself.
        if let value = json["default"] {
            guard !isSensitive else {
                throw ModelError(path: "default", problem: "cannot be there for a sensitive key: everybody may see it")
            }
            if let problem = problem(with: value) { throw ModelError(path: "default", problem: problem) }
            defaultValue = value
        }
    }

    /// The definition as a document.
    package var json: JSONObject {
        var object: JSONObject = [
            "type": .string(type.rawValue), "description": .string(text), "owner": .string(owner),
            "tags": .strings(tags), "docs": .string(docs), "sensitive": .bool(isSensitive),
            "reload": .string(reload.rawValue), "protected": .bool(isProtected),
        ]
        if let schema { object["schema"] = schema }
        if let lock { object["locked_at"] = .string(lock.text) }
        if let deprecated { object["deprecated"] = .string(deprecated) }
        if let defaultValue { object["default"] = defaultValue }
        return object
    }

    /// What a value must be to be one of the key, its schema left aside; `nil` when it is.
    ///
    /// `null` is of no type, and a value where the schema names it.
    package func problem(with value: JSON) -> String? {
        if case .null = value, namesNull { return nil }
        return type.problem(with: value)
    }

    /// Whether the schema says that there may be `null`, by `type` or `enum`.
    private var namesNull: Bool {
        let types = schema?["type"]?.arrayValue ?? [schema?["type"] ?? .null]
        if types.contains(where: { $0.stringValue?.bytesEqual(to: "null") ?? false }) { return true }
        return schema?["enum"]?.arrayValue?.contains { $0.isIdentical(to: .null) } ?? false
    }

    /// Why the definition cannot take the place of an earlier one; `nil` when it can.
    package func problem(replacing earlier: KeyDefinition, hasValues: Bool) -> String? {
        guard hasValues, type != earlier.type else { return nil }
        return "type: cannot change while the key has values"
    }
}
