package import EngineKit
package import Notation

extension FlagDefinition {
    /// The members of a definition's document.
    package static let memberNames = [
        "type", "variations", "description", "owner", "tags", "kind", "expires", "docs", "client_visible",
        "record_exposures", "protected",
    ]

    /// Reads a definition.
    ///
    /// Only `type` is required, and `variations` unless the type is boolean, which then has `on` and `off`.
    ///
    /// - Parameters:
    ///   - json: The document.
    ///   - path: Where it stands in a larger one.
    /// - Throws: ``ModelError`` with the first field that is wrong.
    package init(json: JSON, path: String = "") throws(ModelError) {
        let object = try ModelObject(json, path: path, allowing: Self.memberNames)
        type = try object.required("type").word()
        variations = try Self.variations(of: object, type: type)
        description = try object.text("description", limit: ModelLimits.descriptionBytes)
        owner = try object.text("owner", limit: ModelLimits.ownerBytes)
        tags = try object.distinctTexts("tags", limit: ModelLimits.tags, byteLimit: ModelLimits.tagBytes)
        kind = try object["kind"]?.word() ?? .release
        expires = try object["expires"]?.instant()
        docs = try object.text("docs", limit: ModelLimits.docsBytes)
        isClientVisible = try object.bool("client_visible", default: false)
        recordsExposures = try object.bool("record_exposures", default: false)
        isProtected = try object.bool("protected", default: false)
    }

    /// The document, with all members.
    package var json: JSON {
        [
            "type": .string(type.rawValue),
            "variations": .object(
                JSONObject(variations.map { JSONObject.Member(name: $0.name, value: $0.value) })),
            "description": .string(description), "owner": .string(owner), "tags": .strings(tags),
            "kind": .string(kind.rawValue), "expires": expires.map { .string($0.description) } ?? .null,
            "docs": .string(docs), "client_visible": .bool(isClientVisible),
            "record_exposures": .bool(recordsExposures), "protected": .bool(isProtected),
        ]
    }

    /// This definition with a merge patch (RFC 7396) applied.
    ///
    /// - Throws: ``ModelError`` when the result is no definition.
    package func patched(with patch: JSON) throws(ModelError) -> FlagDefinition {
        try FlagDefinition(json: MergePatch.apply(patch, to: json))
    }

    private static func variations(of object: ModelObject, type: FlagType) throws(ModelError) -> [Variation] {
        guard let field = object["variations"] else {
            guard type == .boolean else { _ = try object.required("variations"); return [] }
            return [Variation(name: "on", value: true), Variation(name: "off", value: false)]
        }
        guard let members = field.json.objectValue?.members else { throw field.failure("must be an object") }
        guard (1...ModelLimits.variations).contains(members.count) else {
            throw field.failure("must have 1 to \(ModelLimits.variations) members")
        }
        var variations: [Variation] = []
        for (index, member) in members.enumerated() {
            guard DocumentName.isValid(member.name) else {
                throw field.failure("the name at position \(index) \(DocumentName.rule)")
            }
            let value = ModelField(json: member.value, path: "\(field.path).\(member.name)")
            variations.append(try Variation(name: member.name, value: value, type: type))
        }
        if let index = KeyTable.indexOfDuplicate(in: variations.map(\.name)) {
            throw field.failure("the name at position \(index) is there twice")
        }
        return variations
    }
}
