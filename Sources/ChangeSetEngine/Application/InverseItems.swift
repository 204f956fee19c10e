import EngineKit
import Notation

/// The items that take applied ones back: in the other order, each to the version before.
enum InverseItems {
    /// The items that take a set back.
    ///
    /// - Throws: `EngineError.status` with 409 when one of them cannot be taken back.
    static func of(_ set: ChangeSet) throws(EngineError) -> [ChangeItem] {
        guard let application = set.application, application.changes.count == set.items.count else {
            throw .internalError("an applied change set has no record of what it did")
        }
        return zip(set.items, application.changes).map { inverse($0, $1.before, $1.after, $1.policy) }.reversed()
    }

    private static func inverse(
        _ item: ChangeItem, _ before: ItemVersion, _ after: ItemVersion, _ policy: JSONObject?
    ) -> ChangeItem {
        let (operation, body) = change(item, before, after, policy)
        var inverse = ChangeItem(item.kind, item.path, operation, body: body, base: after)
        inverse.isSensitive = item.isSensitive
        return inverse
    }

    private static func change(
        _ item: ChangeItem, _ before: ItemVersion, _ after: ItemVersion, _ policy: JSONObject?
    ) -> (ItemOperation, JSONObject) {
        if item.kind == .policy {
            return policy.map { (.put, $0) } ?? (.delete, [:])
        }
        guard before.isThere else { return (.delete, [:]) }
        if item.kind == .secret, before.number == after.number, !after.isThere {
            return (.undelete, [:])
        }
        if item.kind == .flag, !after.isThere { return (.undelete, [:]) }
        return (.rollback, ["version": .integer(before.number)])
    }
}
