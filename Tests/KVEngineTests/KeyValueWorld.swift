import EngineKit
import KVEngine
import Notation

/// The kinds under test, by shorter names.
enum KeyValueKinds {
    static let metadata = KeyValueRecords.metadata
    static let versions = KeyValueRecords.versions
    static let values = KeyValueRecords.values
}

/// A mount with its store, driven the way the server drives it.
struct KeyValueWorld: Sendable {
    /// 2023-11-14T22:13:20Z, the time of requests that do not say otherwise.
    static let start = Timestamp(seconds: 1_700_000_000)

    enum Verb: Sendable, CaseIterable { case read, write, patch, delete, list, scan }

    let store: MemoryKeyValueStore
    let routes: RouteTable
    let mount: MountContext
    var caller = Caller(
        token: Array("hvs.test".utf8), tokenKey: Array("0a1b".utf8), tokenType: .service, isRoot: true, hasSudo: true)

    init(
        _ engine: some Engine = VersionedKeyValueEngine(), mount: MountContext? = nil,
        store: MemoryKeyValueStore = MemoryKeyValueStore()
    ) {
        self.store = store
        routes = engine.routes
        self.mount = mount ?? MountContext(path: Array("secret/".utf8), type: "kv", realm: Realm(high: 7, low: 7))
    }

    /// The time some seconds after the start.
    static func time(_ seconds: Int64, nanoseconds: Int32 = 0) -> Timestamp {
        Timestamp(seconds: start.seconds + seconds, nanoseconds: nanoseconds)
    }

    /// Serves a request. The text is the body of writes and, as a JSON object, the query of other requests.
    @discardableResult
    func call(
        _ verb: Verb, _ path: String, _ text: String = "", at seconds: Int64 = 0, as instance: String? = nil
    ) async -> Answer {
        do throws(EngineError) {
            return try await serve(verb, Array(path.utf8), Array(text.utf8), Self.time(seconds), instance)
        } catch {
            return Answer(error)
        }
    }

    private func serve(
        _ verb: Verb, _ path: [UInt8], _ text: [UInt8], _ now: Timestamp, _ instance: String?
    ) async throws(EngineError) -> Answer {
        var operation = verb.operation
        guard let match = routes.match(path, operation) else { throw .unsupportedPath }
        let request = { (operation: Operation) in
            EngineRequest(
                operation: operation, path: path, captures: match.captures, input: input(verb, text), mount: mount,
                caller: caller, now: now, random: NoRandomness(), instance: instance)
        }
        let transactor = Transactor(store: store)
        if verb == .write, let existence = match.route.existence {
            let asked = request(operation)
            operation =
                try await transactor.run { transaction throws(EngineError) in
                    try existence(asked, transaction)
                }.answer ? .update : .create
        }
        let handler = match.route.handlers[operation] ?? (operation == .create ? match.route.handlers[.update] : nil)
        guard case .transactional(let serve)? = handler else { throw .unsupportedOperation }
        let final = request(operation)
        let response = try await transactor.run { transaction throws(EngineError) in
            try serve(final, transaction)
        }.answer
        return Answer(response, operation)
    }

    private func input(_ verb: Verb, _ text: [UInt8]) -> Input {
        guard !text.isEmpty, let members = (try? JSON(parsing: text))?.objectValue else { return .none }
        return Input(members: members, body: verb == .write || verb == .patch ? text : [])
    }
}

extension KeyValueWorld.Verb {
    fileprivate var operation: Operation {
        switch self {
        case .read: .read
        case .write: .update
        case .patch: .patch
        case .delete: .delete
        case .list: .list
        case .scan: .scan
        }
    }
}

/// What a client would see.
struct Answer: Sendable {
    let status: Int
    let data: JSON?
    let warnings: [String]
    let errors: [String]?
    let leaseDuration: Int
    let operation: Operation?

    /// The `data` of the envelope as text; empty for none.
    var text: String { data.map { String(decoding: $0.serialized(), as: UTF8.self) } ?? "" }

    init(_ response: EngineResponse, _ operation: Operation) {
        warnings = response.warnings
        leaseDuration = response.leaseDuration
        self.operation = operation
        switch response.body {
        case .none where response.status == nil && response.warnings.isEmpty:
            (status, data, errors) = (204, nil, nil)
        case .none: (status, data, errors) = (Int(response.status ?? 200), .null, nil)
        case .data(let object): (status, data, errors) = (Int(response.status ?? 200), .object(object), nil)
        case .rendered(let bytes):
            (status, data, errors) = (Int(response.status ?? 200), try? JSON(parsing: bytes), nil)
        case .names(let names) where names.isEmpty: (status, data, errors) = (404, nil, [])
        case .names(let names):
            data = ["keys": .strings(names.map { String(decoding: $0, as: UTF8.self) })]
            (status, errors) = (200, nil)
        case .raw, .events, .later: (status, data, errors) = (Int(response.status ?? 200), nil, nil)
        }
    }

    init(_ error: EngineError) {
        data = nil
        warnings = []
        leaseDuration = 0
        operation = nil
        switch error {
        case .invalid(let messages): (status, errors) = (400, messages)
        case .notFound: (status, errors) = (404, [])
        case .unsupportedPath: (status, errors) = (404, ["unsupported path"])
        case .unsupportedOperation: (status, errors) = (405, ["unsupported operation"])
        case .store(.tooLarge(let text)): (status, errors) = (400, [text])
        case .store(.conflict), .inconsistentRead: (status, errors) = (503, ["conflict"])
        default: (status, errors) = (500, ["\(error)"])
        }
    }
}

struct NoRandomness: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
    func base62(_ count: Int) -> String { String(repeating: "0", count: count) }
    func uuid() -> String { "00000000-0000-4000-8000-000000000000" }
}
