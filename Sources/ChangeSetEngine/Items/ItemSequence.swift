import EngineKit
import Notation

/// The items of a change set with their targets, to be made one after another within one transaction.
struct ItemSequence {
    /// An item and where it stands.
    struct Element {
        let item: ChangeItem
        let target: ItemTarget
    }

    /// An item that could not be made.
    struct Failure {
        let element: Element
        let error: EngineError

        /// Whether the caller may not make it.
        var isDenied: Bool { if case .permissionDenied = error { true } else { false } }

        /// Why, in words for people; never a submitted value.
        var reason: String {
            if isDenied { return "permission denied" }
            return error.reasonOfRefusal.flatMap { $0.utf8.isEmpty ? nil : $0 } ?? "there is no such path"
        }
    }

    let elements: [Element]

    /// Finds the targets of items.
    init(_ items: [ChangeItem], _ vault: any VaultAccess) {
        elements = items.map { Element(item: $0, target: ItemTarget($0.kind, $0.path, in: vault)) }
    }

    /// Refuses paths that name nothing, and things that two items name.
    func check() throws(EngineError) {
        var places: [[UInt8]: Int] = [:]
        for (index, element) in elements.enumerated() {
            try element.target.check("items[\(index)]")
            if let other = places.updateValue(index, forKey: element.target.path) {
                throw .invalid("items[\(index)].path: is named by items[\(other)] already")
            }
        }
    }

    /// The current versions of all targets.
    func versions(_ reading: ItemReading) throws(EngineError) -> [ItemVersion] {
        try each { element throws(EngineError) in try reading.version(of: element.target) }
    }

    /// Makes all changes that can be made.
    ///
    /// - Returns: those that cannot be; what they had written by then is taken back.
    func perform(
        _ current: [ItemVersion], _ vault: any VaultAccess, _ transaction: Transaction
    ) throws(EngineError) -> [Failure] {
        try zip(elements, current).mapLoading { element, current throws(EngineError) -> Failure? in
            let request = ItemRequest(item: element.item, target: element.target, current: current)
            do throws(EngineError) {
                try transaction.whole { () throws(EngineError) in try request.perform(vault, transaction) }
                return nil
            } catch {
                switch error {
                case .notLoaded, .internalError, .store, .inconsistentRead: throw error
                default: return Failure(element: element, error: error)
                }
            }
        }.compactMap { $0 }
    }

    /// Finds something out about each element; what is missing for all of them is loaded at once.
    func each<Answer>(_ body: (Element) throws(EngineError) -> Answer) throws(EngineError) -> [Answer] {
        try elements.mapLoading(body)
    }
}
