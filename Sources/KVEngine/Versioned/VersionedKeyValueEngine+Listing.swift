import EngineKit
import Notation

extension VersionedKeyValueEngine {
    /// The largest number of secrets that one detailed listing describes.
    static let detailedListingLimit = 10_000

    /// LIST and SCAN `metadata/…`: the names below a folder.
    static func listSecrets(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        try NameListing.answer(request, KeyValueRecords.metadata, request.captures["path"], transaction)
    }

    /// LIST and SCAN `detailed-metadata/…`: the names below a folder, each secret with its metadata.
    static func listDetailed(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let folder = request.captures["path"]
        let page = try NameListing.page(
            request, KeyValueRecords.metadata, folder, transaction, cap: detailedListingLimit + 1)
        guard page.names.count <= detailedListingLimit else {
            throw .invalid("more than \(detailedListingLimit) names; ask for fewer with 'limit' and 'after'")
        }
        guard !page.names.isEmpty else { return request.operation == .scan ? .data([:]) : .names([]) }
        let secrets = page.names.map { SecretAddress(realm: request.mount.realm, path: folder + $0) }
        try transaction.need(secrets.filter { !$0.isFolder }.map(\.metadataKey))
        var keys: [UInt8] = []
        var details: [UInt8] = []
        for (name, secret) in zip(page.names, secrets) {
            var detail = Array("{}".utf8)
            if !secret.isFolder {
                // A secret that was removed since the names were listed is left out.
                guard let metadata = try secret.metadata(transaction) else { continue }
                detail.removeAll()
                MetadataAnswer.append(metadata, to: &detail)
            }
            if !keys.isEmpty {
                keys.append(UInt8(ascii: ","))
                details.append(UInt8(ascii: ","))
            }
            keys.appendJSONString(utf8: name)
            details.appendJSONString(utf8: name)
            details.append(UInt8(ascii: ":"))
            details += detail
        }
        return EngineResponse(.rendered(rendered(keys: keys, details: details)))
    }

    private static func rendered(keys: [UInt8], details: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(keys.count + details.count + 32)
        output.append(literal: #"{"key_info":{"#)
        output += details
        output.append(literal: #"},"keys":["#)
        output += keys
        output.append(literal: "]}")
        return output
    }
}

extension SecretAddress {
    /// Whether this is the name of a folder in a listing.
    fileprivate var isFolder: Bool { path.last == UInt8(ascii: "/") }
}
