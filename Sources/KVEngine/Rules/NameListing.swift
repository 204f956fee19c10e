import EngineKit
import Notation

/// Answers LIST and SCAN with the names below a folder.
enum NameListing {
    /// The names that a request asks for with `after` and `limit`; a limit of 0 or less is none.
    static func page(
        _ request: EngineRequest, _ kind: RecordKind, _ folder: [UInt8], _ transaction: Transaction,
        cap: Int = .max
    ) throws(EngineError) -> NamePage {
        let after = try request.input.string("after").flatMap { $0.utf8.isEmpty ? nil : Array($0.utf8) }
        let limit = try request.input.int("limit") ?? 0
        return try transaction.list(
            Listing(
                of: Folder(request.mount.realm, kind, folder), isRecursive: request.operation == .scan,
                after: after, limit: min(limit > 0 ? limit : .max, cap)))
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
