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
}
