import EngineKit
import Notation

extension ConfigurationEngine {
    /// How many profiles a client may have.
    private static let greatestProfileCount = 10

    /// GET `effective/:svc?format=spring&profiles=&label=`: one property source for each profile, in the form of Spring
    /// Cloud Config. The last profile comes first, since there the first source wins.
    ///
    /// A profile is an environment, `default` none. What is kept back from the caller is left out.
    func springAnswer(_ scope: ConfigScope) throws(EngineError) -> EngineResponse {
        let request = scope.request
        let profiles = try Self.profiles(request.input)
        var hash = BLAKE2b256()
        var revision: UInt64 = 0
        var sources: [JSON] = []
        for profile in profiles.reversed() {
            let isDefault = profile.bytesEqual(to: "default")
            let asked = try EffectiveQuestion(scope, in: isDefault ? "" : profile)
            let document = try document(asked)
            let reading = try EffectiveReading(document, asked)
            hash.update(reading.tag)
            hash.update(profile)
            hash.update(0)
            revision = max(revision, document.revision)
            sources.append([
                "name": .string("pulsevault:\(asked.place.service)/\(profile)"),
                "source": .object(FlatProperties.object(of: reading.entries.values)),
            ])
        }
        let label = try request.input.string("label")
        hash.update(label ?? "")
        let tag = "\"\(Hexadecimal.encode(Array(hash.finish().bytes.prefix(16))))\""
        var response: EngineResponse
        if EntityTag.isKnown(tag, to: request.knownTags) {
            response = EngineResponse(.raw(contentType: "", []), status: 304)
        } else {
            response = .raw([
                "name": .string(try scope.name("svc")), "profiles": .strings(profiles),
                "label": label.map { .string($0) } ?? .null, "version": .string(String(revision)), "state": .null,
                "propertySources": .array(sources),
            ])
        }
        response.entityTag = tag
        return response
    }

    private static func profiles(_ input: Input) throws(EngineError) -> [String] {
        let profiles = try input.list("profiles") ?? ["default"]
        guard (1...greatestProfileCount).contains(profiles.count) else {
            throw .invalid("profiles: must be 1 to \(greatestProfileCount) names with commas between them")
        }
        for profile in profiles {
            try EngineError.model { () throws(ModelError) in try DocumentName.check(profile, field: "profiles") }
        }
        return profiles
    }
}
