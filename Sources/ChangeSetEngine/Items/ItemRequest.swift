import EngineKit
import Notation

/// Makes an item's change: asks the vault for it in the caller's name, as the caller could do by itself.
struct ItemRequest {
    let item: ChangeItem
    let target: ItemTarget
    /// The version that the thing has before the change.
    let current: ItemVersion

    /// Makes the change.
    ///
    /// - Returns: the version that the thing has then, where the answer tells it; `nil` where it is to be looked at.
    func perform(_ vault: any VaultAccess, _ transaction: Transaction) throws(EngineError) -> ItemVersion? {
        guard let body = item.body else { throw .invalid("the item's content is not kept any more") }
        try refuseIfServed(vault, transaction)
        switch item.operation {
        case .put:
            return version(in: try write(.update, target.path, body, vault, transaction))
        case .patch:
            return version(in: try write(.patch, target.path, body, vault, transaction))
        case .delete:
            _ = try write(.delete, target.path, body, vault, transaction)
        case .undelete where target.kind == .flag:
            _ = try write(.update, target.path(in: "revive"), body, vault, transaction)
        case .undelete:
            let versions: JSON = [.integer(current.number)]
            _ = try write(.update, target.path(in: "undelete"), ["versions": versions], vault, transaction)
        case .rollback:
            return version(in: try rollBack(body, vault, transaction))
        }
        return nil
    }

    /// The version that an answer to a write tells, of things for which its number says all.
    private func version(in response: EngineResponse) -> ItemVersion? {
        switch target.kind {
        case .config, .key, .state, .segment: response.dataObject?["version"]?.intValue.map { ItemVersion(number: $0) }
        case .secret, .flag, .policy: nil
        }
    }

    /// Refuses to delete or undelete a secret of which certain versions are served: these go with the current one, and
    /// would not come back with it.
    private func refuseIfServed(_ vault: any VaultAccess, _ transaction: Transaction) throws(EngineError) {
        guard target.kind == .secret, item.operation == .delete || item.operation == .undelete else { return }
        let metadata = try ItemReading(asking: vault.unchecked, transaction).data(target.path(in: "metadata"))
        guard metadata?["serving"] == nil else {
            throw .invalid("certain versions of the secret are served (serving/…): end that first")
        }
    }

    /// Writes an earlier version again: by the route for it where there is one.
    private func rollBack(
        _ body: JSONObject, _ vault: any VaultAccess, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        switch target.kind {
        case .secret, .config, .state:
            return try write(.update, target.path(in: "rollback"), body, vault, transaction)
        case .key, .flag, .segment, .policy:
            // Read in the caller's name: what it says becomes the caller's own writing.
            let earlier = try ItemReading(asking: vault, transaction)
                .content(of: target, version: body["version"]?.intValue ?? 0)
            guard var content = earlier else { throw .invalid("version: there is no such version") }
            content["archived"] = nil
            if let reason = body["reason"] { content["reason"] = reason }
            return try write(.update, target.path, content, vault, transaction)
        }
    }

    private func write(
        _ operation: Operation, _ path: [UInt8], _ body: JSONObject, _ vault: any VaultAccess,
        _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        var members = body
        // A mount may insist on it. That the version is the one the change was made for was found out before.
        if target.kind == .secret, operation != .delete, item.operation != .undelete, members["options"] == nil {
            members["options"] = ["cas": .integer(current.number)]
        }
        if target.kind == .policy, operation == .update {
            let present = try ItemReading(asking: vault.unchecked, transaction).data(target.path)
            members = PolicyContent(members, over: present).request(replacing: present)
        }
        let text = operation == .delete ? [] : JSON.object(members).serialized()
        let response = try vault.ask(operation, path, Input(members: members, body: text), transaction)
        guard response.status ?? 200 < 300 else {
            throw .status(response.status ?? 500, Self.errors(response))
        }
        return response
    }

    /// What a refusal says that comes as an answer.
    private static func errors(_ response: EngineResponse) -> [String] {
        let told = response.dataObject?["errors"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return told.isEmpty ? ["there is nothing that could be changed so"] : told
    }
}
