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

        /// Whether it fails on what values are to be.
        var breaksSchema: Bool { if case .mismatch(.schema, _) = error { true } else { false } }

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
    ///
    /// Where one of them breaks a schema by itself, they are judged by what comes of all of them.
    func perform(
        _ current: [ItemVersion], _ vault: any VaultAccess, _ transaction: Transaction
    ) throws(EngineError) -> [Made] {
        let oneByOne = try transaction.attempt { () throws(EngineError) -> [Made]? in
            let made = try performOneByOne(current, vault, transaction)
            return made.contains { $0.failure?.breaksSchema ?? false } ? nil : made
        }
        if let oneByOne { return oneByOne }
        let together = try transaction.attempt { () throws(EngineError) -> [Made]? in
            try performTogether(current, vault, transaction)
        }
        if let together { return together }
        return try performOneByOne(current, vault, transaction)
    }

    private func performOneByOne(
        _ current: [ItemVersion], _ vault: any VaultAccess, _ transaction: Transaction
    ) throws(EngineError) -> [Made] {
        try zip(elements, current).mapLoading { element, current throws(EngineError) -> Made in
            let request = ItemRequest(item: element.item, target: element.target, current: current)
            do throws(EngineError) {
                return .done(
                    try transaction.whole { () throws(EngineError) in try request.perform(vault, transaction) })
            } catch {
                guard error.isOfTheItem else { throw error }
                return .failed(Failure(element: element, error: error))
            }
        }
    }

    /// Makes all changes, and what is to be checked of their effects when all of them are there.
    ///
    /// - Returns: `nil` when that cannot be.
    private func performTogether(
        _ current: [ItemVersion], _ vault: any VaultAccess, _ transaction: Transaction
    ) throws(EngineError) -> [Made]? {
        do throws(EngineError) {
            let made = try zip(elements, current).mapLoading { element, current throws(EngineError) in
                let request = ItemRequest(item: element.item, target: element.target, current: current)
                return try transaction.leavingChecks { () throws(EngineError) in
                    try request.perform(vault, transaction)
                }
            }
            for check in made.flatMap(\.checks) { try check() }
            return made.map { .done($0.answer) }
        } catch {
            guard error.isOfTheItem else { throw error }
            return nil
        }
    }

    /// Finds something out about each element; what is missing for all of them is loaded at once.
    func each<Answer>(_ body: (Element) throws(EngineError) -> Answer) throws(EngineError) -> [Answer] {
        try elements.mapLoading(body)
    }
}

extension EngineError {
    /// Whether it says something of an item, and not of the attempt to make it.
    fileprivate var isOfTheItem: Bool {
        switch self {
        case .notLoaded, .internalError, .store, .inconsistentRead: false
        default: true
        }
    }
}
