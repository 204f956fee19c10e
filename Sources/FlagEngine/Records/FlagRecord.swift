import Dispatch
import EngineKit
import Notation
import Synchronization

/// What is stored of a flag and its state in an environment, before it is read.
struct FlagRecord: Sendable {
    /// A document as it was found.
    enum Document: Sendable {
        /// The record's bytes.
        case stored([UInt8])
        /// A version that was looked for by time, and therefore read.
        case decoded(StoredDocument)

        /// The document.
        func document() throws(EngineError) -> StoredDocument {
            switch self {
            case .stored(let bytes): try StoredDocument(decoding: bytes)
            case .decoded(let document): document
            }
        }
    }

    let key: String
    let definition: Document
    let state: Document?

    /// The flag, read.
    func source() throws(EngineError) -> FlagSource {
        let definition = try definition.document()
        let found = try state?.document()
        let state = found?.isDeleted == false ? found : nil
        return FlagSource(
            key: key, definition: try definition.definition(), definitionVersion: definition.version,
            isArchived: definition.isDeleted, state: try state?.state(), stateVersion: state?.version ?? 0,
            isKilled: state?.killed != nil, revision: max(definition.revision, found?.revision ?? 0))
    }

    /// How many flags are worth another thread.
    private static let share = 256

    /// Flags, read on as many cores as there are: after a restart the first evaluation waits for all of them.
    static func sources(of records: [FlagRecord]) throws(EngineError) -> [FlagSource] {
        let count = (records.count + share - 1) / share
        let results = Mutex([Result<[FlagSource], EngineError>?](repeating: nil, count: count))
        @Sendable func read(_ index: Int) {
            let part = records[index * share..<min((index + 1) * share, records.count)]
            let result = Result { () throws(EngineError) in
                var sources: [FlagSource] = []
                sources.reserveCapacity(part.count)
                for record in part { sources.append(try record.source()) }
                return sources
            }
            results.withLock { $0[index] = result }
        }
        switch count {
        case ...0: return []
        case 1: read(0)
        default: DispatchQueue.concurrentPerform(iterations: count, execute: read)
        }
        var sources: [FlagSource] = []
        sources.reserveCapacity(records.count)
        for case let result? in results.withLock({ $0 }) { sources += try result.get() }
        return sources
    }
}
