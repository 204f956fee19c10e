import EngineKit
import Notation

/// A request header that the auditors asked to see in entries.
package struct AuditedHeader: Sendable {
    /// The field's name in lower case.
    package var name: String
    /// Whether its value is hashed.
    package var isHashed: Bool

    /// Where the choice of headers is stored: one JSON object from name to whether it is hashed.
    static let key = SystemRecords.setting("audited-headers")

    /// The headers as they are stored.
    static func all(_ transaction: Transaction) throws(EngineError) -> [AuditedHeader] {
        guard let bytes = try transaction.get(key), let object = (try? JSON(parsing: bytes))?.objectValue else {
            return []
        }
        return object.members.map { AuditedHeader(name: $0.name, isHashed: $0.value.boolValue ?? false) }
    }

    /// Stores headers in place of those before.
    static func store(_ headers: [AuditedHeader], _ transaction: Transaction) {
        let members = headers.map { JSONObject.Member(name: $0.name, value: .bool($0.isHashed)) }
        transaction.put(key, JSON.object(JSONObject(members)).serialized())
    }
}
