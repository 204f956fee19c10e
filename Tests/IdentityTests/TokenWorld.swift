import EngineKit
import Identity
import Notation
import Testing
import VaultCrypto

/// Tokens over a store in memory, driven the way the server drives them.
struct TokenWorld: Sendable {
    /// 2023-11-14T22:13:20Z, the time of requests that do not say otherwise.
    static let start = Timestamp(seconds: 1_700_000_000)
    /// A kind of records that belong to tokens.
    static let belonging = RecordKind(id: 200, isListed: true)

    let store = MemoryRecords()
    let tokens = TokenStore(
        cryptography: PlainTokenCryptography(), belongings: [(realm: .cubbyhole, kind: TokenWorld.belonging)])
    var defaultTTL = 2_764_800
    var maxTTL = 2_764_800

    var transactor: Transactor { Transactor(store: store) }

    /// The root token.
    func root() async throws -> String {
        var entry = TokenEntry()
        entry.policies = ["root"]
        entry.path = "auth/token/root"
        entry.displayName = "root"
        entry.creationTime = Self.start
        return try await make(entry)
    }

    /// Stores a token.
    func make(_ entry: TokenEntry, id: String? = nil) async throws -> String {
        try await transactor.run { transaction throws(EngineError) in
            try tokens.create(entry, id: id, transaction, random: TestRandom()).token
        }.answer
    }

    /// A token with policies that lives for an hour.
    func token(
        _ policies: String..., parent: String? = nil, changing change: (inout TokenEntry) -> Void = { _ in }
    ) async throws -> String {
        var entry = TokenEntry()
        entry.policies = policies
        entry.path = "auth/token/create"
        entry.creationTime = Self.start
        entry.creationTTL = 3_600
        entry.expiry = .at(Self.time(3_600))
        entry.isRenewable = true
        if let parent { entry.parent = try key(of: parent) }
        change(&entry)
        return try await make(entry)
    }

    /// Stores a private record of a token.
    func keep(_ name: String, for token: String) async throws {
        let key = try key(of: token)
        _ = try await transactor.run { transaction throws(EngineError) in
            tokens.noteDependant(of: key, transaction)
            transaction.put(StoreKey(.cubbyhole, Self.belonging, Array("\(key)/\(name)".utf8)), [1])
        }
    }

    /// Stores many children of a token in one commit.
    ///
    /// - Returns: their texts.
    func children(_ count: Int, of parent: String) async throws -> [String] {
        var entry = TokenEntry()
        entry.policies = ["p"]
        entry.parent = try key(of: parent)
        entry.expiry = .at(Self.time(3_600))
        return try await transactor.run { [entry] transaction throws(EngineError) in
            var made: [String] = []
            for _ in 0..<count {
                made.append(try tokens.create(entry, transaction, random: TestRandom()).token)
            }
            return made
        }.answer
    }

    /// How many records there are of tokens and of what belongs to them.
    var recordCounts: [Int] {
        [
            TokenRecords.token, TokenRecords.accessor, TokenRecords.child, TokenRecords.birth, TokenRecords.ended,
            Self.belonging,
        ].map { store.count($0) }
    }

    /// The time some seconds after the start.
    static func time(_ seconds: Double) -> Timestamp {
        let whole = seconds.rounded(.down)
        return Timestamp(
            seconds: start.seconds + Int64(whole), nanoseconds: Int32((seconds - whole) * 1_000_000_000))
    }

    func key(of token: String) throws -> String { try tokens.key(of: Array(token.utf8)) }

    /// Whether there is a record of a token, whether it works or not.
    func isStored(_ token: String) async throws -> Bool {
        let key = TokenRecords.token(try key(of: token))
        return try await transactor.run { transaction throws(EngineError) in
            try transaction.stored(key) != nil
        }.answer
    }

    /// The holder of a living token, as a request finds it.
    func holder(_ token: String, at seconds: Double = 0) async throws -> TokenHolder? {
        try await transactor.run { transaction throws(EngineError) in
            try tokens.holder(of: Array(token.utf8), transaction, now: Self.time(seconds))
        }.answer
    }

    /// The entry of a living token.
    func find(_ token: String, at seconds: Double = 0) async throws -> TokenEntry? {
        try await transactor.run { transaction throws(EngineError) in
            try tokens.find(Array(token.utf8), transaction, now: Self.time(seconds))?.entry
        }.answer
    }

    /// Sends a request with a token, as the pipeline would after the policies allowed it.
    @discardableResult
    func call(
        _ path: String, _ body: JSONObject = [:], as token: String, _ operation: Operation = .update,
        at seconds: Double = 0, sudo: Bool = false
    ) async throws -> Answer {
        let now = Self.time(seconds)
        let found = try await transactor.run { transaction throws(EngineError) in
            try tokens.find(Array(token.utf8), transaction, now: now)
        }.answer
        guard let found else { return Answer(.permissionDenied(reason: "no such token")) }
        let caller = Caller(
            token: Array(token.utf8), tokenKey: Array(found.key.utf8), accessor: found.entry.accessor,
            tokenType: found.entry.type, policies: found.entry.policies, isRoot: found.entry.isRoot,
            hasSudo: sudo || found.entry.isRoot)
        do throws(EngineError) {
            return Answer(try await serve(path, body, caller, operation, now))
        } catch {
            return Answer(error)
        }
    }

    private func serve(
        _ path: String, _ body: JSONObject, _ caller: Caller, _ operation: Operation, _ now: Timestamp
    ) async throws(EngineError) -> EngineResponse {
        let engine = TokenEngine(tokens: tokens) { StoreKey(.system, RecordKind(id: 201), Array($0.utf8)) }
        let bytes = Array(path.utf8)
        guard let match = engine.routes.match(bytes, operation) else { throw .unsupportedPath }
        guard case .transactional(let handler)? = match.route.handlers[operation] else { throw .unsupportedOperation }
        let mount = MountContext(
            path: Array("auth/token/".utf8), type: "token", realm: .system, defaultLeaseTTL: defaultTTL,
            maxLeaseTTL: maxTTL)
        let request = EngineRequest(
            operation: operation, path: bytes, captures: match.captures, input: Input(members: body), mount: mount,
            caller: caller, now: now, random: TestRandom())
        return try await transactor.run { transaction throws(EngineError) in try handler(request, transaction) }.answer
    }
}

/// What a request was answered, in short.
struct Answer: Sendable {
    var error: String?
    var status = 200
    var response: EngineResponse?

    init(_ response: EngineResponse) {
        self.response = response
        status = Int(response.status ?? 200)
    }

    init(_ error: EngineError) {
        switch error {
        case .invalid(let messages): (status, self.error) = (400, messages.first)
        case .status(let code, let messages): (status, self.error) = (Int(code), messages.first)
        case .permissionDenied: (status, self.error) = (403, "permission denied")
        case .notFound, .unsupportedPath: (status, self.error) = (404, "")
        case .unsupportedOperation: (status, self.error) = (405, "")
        default: (status, self.error) = (500, "\(error)")
        }
    }

    var auth: AuthGrant? { response?.auth }
    var token: String { get throws { try #require(auth).clientToken } }
    var warnings: [String] { response?.warnings ?? [] }
    var data: JSONObject? { if case .data(let object)? = response?.body { object } else { nil } }
    var names: [String]? {
        guard case .names(let names)? = response?.body else { return nil }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Hashes of nothing secret; a batch token is its record behind a mark.
struct PlainTokenCryptography: TokenCryptography {
    func tokenHash(_ token: [UInt8]) -> [UInt8]? {
        var state = VaultCrypto.BLAKE2b256()
        state.update(token.span)
        let digest = state.finalize()
        return (0..<32).map { digest[$0] }
    }

    func sealBatchToken(_ record: [UInt8]) -> [UInt8]? { [0xa5] + record }

    func openBatchToken(_ sealed: [UInt8]) -> [UInt8]? { sealed.first == 0xa5 ? Array(sealed.dropFirst()) : nil }
}

/// The system's generator.
struct TestRandom: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }
    func base62(_ count: Int) -> String { SecureRandom.base62(count) }
    func uuid() -> String { SecureRandom.uuid() }
}
