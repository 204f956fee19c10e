package import EngineKit
package import Notation

extension FlagState {
    /// The members of a state's document.
    package static let memberNames = [
        "on", "off_variation", "fallthrough", "targets", "rules", "prerequisites", "sticky_by", "sticky_assignment",
        "dark_launch", "hash", "salt",
    ]

    /// Reads a state.
    ///
    /// Absent members: `on` is false, `off_variation` is the first false variation of a boolean flag and required for
    /// others, fallThrough serves the off variation, `sticky_by` is `targetingKey`, a rule's `id` is `r` and its
    /// place.
    ///
    /// - Parameters:
    ///   - json: The document.
    ///   - definition: What the flag is; every variation named must be one of its. `nil` for a state that was checked
    ///     before it was stored.
    ///   - salt: The salt when the document has none; the one before, or a new one from random bytes.
    ///   - path: Where the document stands in a larger one.
    /// - Throws: ``ModelError`` with the first field that is wrong.
    package init(
        json: JSON, definition: FlagDefinition?, salt: String? = nil, path: String = ""
    ) throws(ModelError) {
        let object = try ModelObject(json, path: path, allowing: Self.memberNames)
        isOn = try object.bool("on", default: false)
        offVariation = try Self.offVariation(of: object, definition: definition)
        fallThrough = .variation(offVariation)
        if let field = object["fallthrough"] { fallThrough = try Serve(field, offVariation: offVariation) }
        targets = []
        for field in try object.elements("targets", limit: ModelLimits.targets) { targets.append(try Target(field)) }
        rules = try Self.rules(of: object, offVariation: offVariation)
        prerequisites = []
        for field in try object.elements("prerequisites", limit: ModelLimits.prerequisites) {
            prerequisites.append(try Prerequisite(field))
        }
        stickyBy =
            try object["sticky_by"].map { field throws(ModelError) in try AttributePath(field) }
            ?? .targetingKey
        guard !stickyBy.isTime else {
            throw ModelError(path: object.path(of: "sticky_by"), problem: "must be an attribute of the context")
        }
        hasStickyAssignment = try object.bool("sticky_assignment", default: false)
        isDark = try object.bool("dark_launch", default: false)
        hash = try object["hash"]?.word() ?? .blake2b
        self.salt = try Self.salt(of: object, otherwise: salt)
        try check(against: definition, path: path)
    }

    /// The document, with all members; `dark_launch` only where it holds.
    package var json: JSON {
        var members: JSONObject = [
            "on": .bool(isOn), "off_variation": .string(offVariation), "fallthrough": fallThrough.json,
            "targets": .array(targets.map(\.json)), "rules": .array(rules.map(\.json)),
            "prerequisites": .array(prerequisites.map(\.json)), "sticky_by": .string(stickyBy.text),
            "sticky_assignment": .bool(hasStickyAssignment), "hash": .string(hash.rawValue), "salt": .string(salt),
        ]
        if isDark { members["dark_launch"] = true }
        return .object(members)
    }

    private static func offVariation(
        of object: ModelObject, definition: FlagDefinition?
    ) throws(ModelError) -> String {
        if object["off_variation"] == nil, let name = definition?.firstFalseVariation { return name }
        return try object.required("off_variation").name()
    }

    private static func rules(of object: ModelObject, offVariation: String) throws(ModelError) -> [Rule] {
        var rules: [Rule] = []
        for (index, field) in try object.elements("rules", limit: ModelLimits.rules).enumerated() {
            let rule = try Rule(field, offVariation: offVariation, fallbackID: "r\(index + 1)")
            guard !rules.contains(where: { $0.id.bytesEqual(to: rule.id) }) else {
                throw ModelError(path: "\(field.path).id", problem: "is the id of an earlier rule")
            }
            rules.append(rule)
        }
        return rules
    }

    private static func salt(of object: ModelObject, otherwise given: String?) throws(ModelError) -> String {
        let path = object.path(of: "salt")
        guard let salt = try object["salt"]?.text(limit: ModelLimits.saltBytes) ?? given else {
            throw ModelError(path: path, problem: "is missing")
        }
        guard (1...ModelLimits.saltBytes).contains(salt.utf8.count), salt.isPrintableASCII else {
            throw ModelError(path: path, problem: "must be 1 to \(ModelLimits.saltBytes) printable ASCII characters")
        }
        return salt
    }
}
