package import EngineKit
package import Notation

/// A group of contexts under a name, for use in many rules.
package struct Segment: Sendable {
    /// How many of the conditions must hold.
    package enum Match: String, CaseIterable, Sendable {
        case all, any
    }

    /// Conditions for membership, none of them about another segment. Without any, only `include` makes members.
    package var conditions: [Condition]
    /// Targeting keys that are members whatever the conditions say.
    package var include: [String]
    /// Targeting keys that are not members whatever else says so.
    package var exclude: [String]
    /// Whether all conditions must hold or any.
    package var match: Match

    /// Makes a segment.
    package init(
        conditions: [Condition] = [], include: [String] = [], exclude: [String] = [], match: Match = .all
    ) {
        self.conditions = conditions
        self.include = include
        self.exclude = exclude
        self.match = match
    }

    /// Reads a segment.
    ///
    /// - Parameters:
    ///   - json: The document; every member may be absent.
    ///   - path: Where it stands in a larger one.
    /// - Throws: ``ModelError`` with the first field that is wrong.
    package init(json: JSON, path: String = "") throws(ModelError) {
        let object = try ModelObject(json, path: path, allowing: ["conditions", "include", "exclude", "match"])
        conditions = []
        for element in try object.elements("conditions", limit: ModelLimits.conditions) {
            let condition = try Condition(element)
            guard condition.segment == nil else {
                throw element.failure("must be about an attribute; a segment cannot refer to a segment")
            }
            conditions.append(condition)
        }
        include = try object.distinctTexts(
            "include", limit: ModelLimits.segmentKeys, byteLimit: ModelLimits.keyBytes)
        exclude = try object.distinctTexts(
            "exclude", limit: ModelLimits.segmentKeys, byteLimit: ModelLimits.keyBytes)
        match = try object["match"]?.word() ?? .all
    }

    /// The document, with all members.
    package var json: JSON {
        [
            "conditions": .array(conditions.map(\.json)), "include": .strings(include),
            "exclude": .strings(exclude), "match": .string(match.rawValue),
        ]
    }

    /// This segment with a merge patch (RFC 7396) applied.
    ///
    /// - Throws: ``ModelError`` when the result is no segment.
    package func patched(with patch: JSON) throws(ModelError) -> Segment {
        try Segment(json: MergePatch.apply(patch, to: json))
    }
}
