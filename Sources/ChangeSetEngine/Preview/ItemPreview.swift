import EngineKit
import Notation

/// What an item changes, or changed: before and after.
struct ItemPreview {
    let element: ItemSequence.Element
    let before: ItemVersion
    let after: ItemVersion
    /// What differs; `nil` where it is not for whoever asks.
    let changes: [FieldChange]?
    /// Whether the item's own content is shown only by digests.
    let isSensitive: Bool

    /// The item in the list of differences.
    var difference: JSON {
        var object = element.place
        object["op"] = .string(element.item.operation.rawValue)
        object["from_version"] = .integer(before.number)
        object["to_version"] = .integer(after.number)
        object["changes"] = .array((changes ?? []).map(\.json))
        if changes == nil { object["redacted"] = true }
        return .object(object)
    }

    /// The item as it was proposed, as far as whoever asks may see it.
    var proposal: JSON {
        let item = element.item
        var object = element.place
        object["op"] = .string(item.operation.rawValue)
        object["base_version"] = .integer(item.base.number)
        if let expected = item.expected { object["cas"] = .integer(expected) }
        if let body = item.body, changes != nil, !isSensitive {
            object["body"] = .object(body)
        } else {
            object["redacted"] = true
        }
        return .object(object)
    }
}

extension ItemSequence.Element {
    /// What answers call the item.
    var place: JSONObject {
        ["kind": .string(target.kind.rawValue), "path": .string(target.text)]
    }
}

/// Looks at what the items of a change set do.
struct PreviewMaking {
    let scope: ChangeSetScope
    let sequence: ItemSequence
    private let reading: ItemReading
    private let digest: SecretDigest

    init(_ scope: ChangeSetScope, _ sequence: ItemSequence) throws(EngineError) {
        self.scope = scope
        self.sequence = sequence
        reading = ItemReading(scope)
        digest = try SecretDigest(scope)
    }

    /// What the items would change now, and which cannot be made.
    ///
    /// - Parameter vault: in whose name it is tried; nothing of it stays.
    func ahead(_ vault: any VaultAccess) throws(EngineError) -> (
        previews: [ItemPreview], failures: [ItemSequence.Failure]
    ) {
        let before = try states(of: nil)
        // A set that makes a key an ordinary one does not show what the key was sensitive for.
        let sensitive = try sensitivity()
        return try scope.transaction.trial { () throws(EngineError) in
            let failures = try sequence.perform(before.map(\.version), vault, scope.transaction).compactMap(\.failure)
            let after = try states(of: nil)
            return (try previews(before, after, sensitive), failures)
        }
    }

    /// What the items have changed.
    func back(_ application: ChangeSet.Application) throws(EngineError) -> [ItemPreview] {
        let before = try states(of: application.changes.map { ($0.before, $0.policy) })
        // A policy keeps no versions; what was written is what the item says.
        let written = zip(sequence.elements, application.changes).map { element, change in
            element.target.kind == .policy && element.item.operation == .put
                ? PolicyContent(element.item.body ?? [:], over: change.policy).members : nil
        }
        let after = try states(of: zip(application.changes, written).map { ($0.after, $1) })
        return try previews(before, after, sensitivity())
    }

    /// Whether the values of each item are of those that are shown to few.
    private func sensitivity() throws(EngineError) -> [Bool] {
        try sequence.each { element throws(EngineError) in
            if element.item.isSensitive { return true }
            return try reading.isSensitive(element.target)
        }
    }

    private typealias State = (version: ItemVersion, content: JSONObject?)

    /// What is there, or was there in versions.
    private func states(of versions: [(version: ItemVersion, policy: JSONObject?)]?) throws(EngineError) -> [State] {
        var rest = versions.map { $0[...] }
        return try sequence.each { element throws(EngineError) in
            let version: ItemVersion
            var number: Int?
            if let told = rest?.popFirst() {
                version = told.version
                number = version.number
                if let policy = told.policy { return (version, policy) }
            } else {
                version = try reading.version(of: element.target)
                // Readers of a secret may get another version than the newest, which is the one that is changed.
                if element.target.kind == .secret { number = version.number }
            }
            let content = version.isThere ? try reading.content(of: element.target, version: number) : nil
            return (version, content)
        }
    }

    private func previews(
        _ before: [State], _ after: [State], _ earlier: [Bool]
    ) throws(EngineError) -> [ItemPreview] {
        let sensitive = zip(earlier, try sensitivity()).map { $0 || $1 }
        var previews: [ItemPreview] = []
        for (index, element) in sequence.elements.enumerated() {
            let mask = { (content: JSONObject?) in sensitive[index] ? digest.masked(content) : content }
            let mayRead = scope.request.rights.allow(.read, element.target.path)
            let changes = FieldChange.between(
                .object(mask(before[index].content) ?? [:]), .object(mask(after[index].content) ?? [:]))
            previews.append(
                ItemPreview(
                    element: element, before: before[index].version, after: after[index].version,
                    changes: mayRead ? changes : nil, isSensitive: sensitive[index]))
        }
        return previews
    }
}
