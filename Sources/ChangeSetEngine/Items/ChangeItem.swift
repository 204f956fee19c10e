import EngineKit
package import Notation

/// One change of a change set: what is done with what stands at a path.
package struct ChangeItem: Sendable {
    /// The largest body of an item, in bytes of JSON.
    private static let bodyLimit = 524_288

    /// What it is about.
    package let kind: ItemKind
    /// Where it stands, as it was proposed.
    package let path: String
    /// What is done.
    package let operation: ItemOperation
    /// What it is to be; `nil` once nobody needs it any more and it was something to keep secret.
    package var body: JSONObject?
    /// The version that the author named as the current one; `nil` when none was named.
    package let expected: Int?
    /// Whether its content is shown by digests only, whatever becomes of the thing.
    var isSensitive = false
    /// The version that the change was made for, which is to be the current one still when it is applied.
    var base: ItemVersion

    /// Makes an item.
    init(
        _ kind: ItemKind, _ path: String, _ operation: ItemOperation, body: JSONObject? = [:], base: ItemVersion
    ) {
        self.kind = kind
        self.path = path
        self.operation = operation
        self.body = body
        self.base = base
        expected = nil
    }

    /// Reads an item that somebody proposes; its base is not known yet.
    ///
    /// - Throws: ``ModelError`` with the member that is wrong and the rule.
    init(_ field: ModelField) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["kind", "path", "op", "body", "cas"])
        kind = try object.required("kind").word()
        path = try object.required("path").text(limit: 1_024, isRequired: true)
        operation = try object.required("op").word()
        guard kind.operations.contains(operation) else {
            let words = kind.operations.map(\.rawValue).joined(separator: ", ")
            throw ModelError(path: object.path(of: "op"), problem: "must be one of \(words) for this kind")
        }
        var body = JSONObject()
        if let given = object["body"] {
            guard let members = given.json.objectValue else { throw given.failure("must be an object") }
            guard given.json.serialized().count <= Self.bodyLimit else {
                throw given.failure("must have at most \(Self.bodyLimit) bytes as JSON")
            }
            body = members
        } else if operation == .put || operation == .patch {
            throw ModelError(path: object.path(of: "body"), problem: "is missing")
        }
        guard kind != .config || body["key"] == nil else {
            throw ModelError(path: object.path(of: "body.key"), problem: "must be an item of its own (kind key)")
        }
        // Of these nothing could be taken back.
        for name in ["purge", "versions"] where body[name] != nil && operation != .put && operation != .patch {
            throw ModelError(path: object.path(of: "body.\(name)"), problem: "is not for change sets")
        }
        guard kind != .secret || body["options"]?["canary"] == nil else {
            throw ModelError(path: object.path(of: "body.options.canary"), problem: "is not for change sets")
        }
        if operation == .rollback, body["version"]?.intValue ?? 0 < 1 {
            throw ModelError(path: object.path(of: "body.version"), problem: "must be the number of a version")
        }
        self.body = body
        expected = try object["cas"]?.integer(in: 0...Int.max)
        base = .none
    }

    /// The item as its record has it.
    var stored: JSON {
        var object: JSONObject = [
            "kind": .string(kind.rawValue), "path": .string(path), "op": .string(operation.rawValue),
            "base": .string(base.text),
        ]
        if let body { object["body"] = .object(body) }
        if isSensitive { object["sensitive"] = true }
        if let expected { object["cas"] = .integer(expected) }
        return .object(object)
    }

    /// Reads a record back; `nil` when it is none of ours.
    init?(stored json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap({ ItemKind(rawValue: $0) }),
            let path = json["path"]?.stringValue,
            let operation = json["op"]?.stringValue.flatMap({ ItemOperation(rawValue: $0) }),
            let base = json["base"]?.stringValue.flatMap({ ItemVersion(text: $0) })
        else { return nil }
        self.kind = kind
        self.path = path
        self.operation = operation
        self.base = base
        body = json["body"]?.objectValue
        expected = json["cas"]?.intValue
        isSensitive = json["sensitive"]?.boolValue ?? false
    }
}
