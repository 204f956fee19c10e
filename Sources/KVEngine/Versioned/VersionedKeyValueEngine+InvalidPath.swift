import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// The answer to anything but a listing at the top of a mount's areas.
    static let rootRefusal = EngineResponse(
        status: 404, warnings: ["Non-listing operations on the root of a K/V v2 mount are not supported."])

    /// Explains to clients of unversioned mounts why their paths do not work here.
    static func explainInvalidPath(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let path = request.path
        if ["delete", "undelete", "destroy"].contains(where: { path.bytesEqual(to: $0) }) { return rootRefusal }
        let area = path.prefix { $0 != UInt8(ascii: "/") }
        // The path is one of ours, so it is the operation that is wrong.
        if areas.contains(where: { area.elementsEqual($0.utf8) }) { throw .unsupportedOperation }
        return EngineResponse(
            status: 404,
            warnings: [
                "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints "
                    + "to use. If using the Vault CLI, use 'vault kv \(command(request.operation))' for this operation."
            ])
    }

    private static func command(_ operation: Operation) -> String {
        switch operation {
        case .read, .help: "get"
        case .create, .update, .evaluate: "put"
        case .patch: "patch"
        case .delete: "delete"
        case .list, .scan: "list"
        }
    }
}
