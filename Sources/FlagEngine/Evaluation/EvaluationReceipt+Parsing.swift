package import EngineKit
import Notation

extension EvaluationReceipt {
    private static let memberNames = [
        "assigned", "bucket", "context", "definition_version", "environment", "error", "flag", "reason", "revision",
        "segments", "state_version", "time", "variation",
    ]

    /// Reads a receipt from its text.
    ///
    /// - Throws: ``ModelError`` when it is none; the path names the member.
    package init(parsing text: String) throws(ModelError) {
        guard text.utf8.count <= Self.greatestLength,
            let bytes = Base64.decode(text, alphabet: .urlSafe, padded: false),
            // The reason does not matter: text that is no JSON is no receipt.
            let json = try? JSON(parsing: bytes)
        else { throw ModelError(path: "", problem: "is not a receipt") }
        let object = try ModelObject(json, path: "", allowing: Self.memberNames)
        environment = try object.required("environment").name()
        revision = UInt64(try object.required("revision").integer(in: 0...Int.max))
        flag = try object.required("flag").name()
        definitionVersion = try object.required("definition_version").integer(in: 0...Int.max)
        stateVersion = try object.required("state_version").integer(in: 0...Int.max)
        segmentVersions = try Self.segments(try object.required("segments"))
        time = try object.required("time").instant()
        contextDigest = try object.required("context").text(limit: 64)
        variation = try object["variation"]?.name()
        reason = try object.required("reason").word()
        errorCode = try object["error"]?.word()
        bucket = try object["bucket"]?.integer(in: 0...(Percentage.whole - 1))
        isAssigned = try object.bool("assigned", default: false)
    }

    private static func segments(_ field: ModelField) throws(ModelError) -> [(name: String, version: Int)] {
        guard let members = field.json.objectValue?.members else { throw field.failure("must be an object") }
        var versions: [(name: String, version: Int)] = []
        for (index, member) in members.enumerated() {
            guard DocumentName.isValid(member.name), let version = member.value.intValue else {
                throw field.failure("the member at position \(index) must be a segment's version")
            }
            versions.append((member.name, version))
        }
        return versions
    }
}
