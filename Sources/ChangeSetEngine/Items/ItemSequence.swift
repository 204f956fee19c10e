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

    /// What came of an item.
    enum Made {
        /// It is made; with the version after it, where that was told.
        case done(ItemVersion?)
        /// It cannot be made, and what it had written by then is taken back.
        case failed(Failure)

        /// Why it cannot be made.
        var failure: Failure? { if case .failed(let failure) = self { failure } else { nil } }
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
    func perform(
        _ current: [ItemVersion], _ vault: any VaultAccess, _ transaction: Transaction
    ) throws(EngineError) -> [Made] {
        try zip(elements, current).mapLoading { element, current throws(EngineError) -> Made in
            let request = ItemRequest(item: element.item, target: element.target, current: current)
            do throws(EngineError) {
                return .done(
                    try transaction.whole { () throws(EngineError) in try request.perform(vault, transaction) })
            } catch {
                switch error {
                case .notLoaded, .internalError, .store, .inconsistentRead: throw error
                default: return .failed(Failure(element: element, error: error))
                }
            }
        }
    }

    /// Finds something out about each element; what is missing for all of them is loaded at once.
    func each<Answer>(_ body: (Element) throws(EngineError) -> Answer) throws(EngineError) -> [Answer] {
        try elements.mapLoading(body)
    }
}
