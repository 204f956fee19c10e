import EngineKit
import Notation

/// Answers LIST and SCAN with the names below a folder.
enum NameListing {
    /// The names that a request asks for with `after` and `limit`; a limit of 0 or less is none.
    static func page(
        _ request: EngineRequest, _ kind: RecordKind, _ folder: [UInt8], _ transaction: Transaction,
        cap: Int = .max
    ) throws(EngineError) -> NamePage {
        try transaction.list(
            Listing(
                of: Folder(request.mount.realm, kind, folder), asked: request,
                isRecursive: request.operation == .scan, cap: cap))
    }

    /// The answer: names only. An empty LIST is 404, an empty SCAN is an empty object.
    static func answer(
        _ request: EngineRequest, _ kind: RecordKind, _ folder: [UInt8], _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let names = try page(request, kind, folder, transaction).names
        if names.isEmpty, request.operation == .scan { return .data([:]) }
        return .names(names)
    }
}
