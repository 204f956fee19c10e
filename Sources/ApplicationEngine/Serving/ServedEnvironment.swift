import EngineKit
import Notation

extension Asking {
    /// The environment that an application is served: the one in its token's metadata, so that a token made for an
    /// environment cannot be talked into another one; else the one it asks for.
    func servedEnvironment(_ asked: String?) throws(EngineError) -> String? {
        guard let bound = request.caller.metadata("environment") else { return asked }
        guard DocumentName.isValid(bound) else {
            throw .permissionDenied(reason: "the token's metadata names no environment")
        }
        return bound
    }

    /// Whether configuration has a value for an environment, of those that a service is served there. Its layers need no
    /// declaration, so that it can know environments which flags do not.
    ///
    /// - Parameter place: the members that name the place.
    func configurationKnows(
        _ environment: String, service: String, _ place: JSONObject
    ) throws(EngineError) -> Bool {
        let layers = ["env/\(environment)", "service/\(service)/env/\(environment)"]
        let answer = try data(.read, "config/effective/\(service)", place.joined(with: ["explain": true]))
        return (answer["sources"]?.objectValue?.members ?? []).contains { source in
            let spoken = [source.value["layer"] ?? .null] + (source.value["overrides"]?.arrayValue ?? [])
            return spoken.compactMap(\.stringValue).contains { text in layers.contains { text.bytesEqual(to: $0) } }
        }
    }
}
