import EngineKit
import Notation
import Synchronization
import Testing

@Suite struct OverridesTests {
    private static let kind = RecordKind(id: 9)
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let mount = MountContext(path: Array("m/".utf8), type: "t", realm: Realm(high: 1, low: 1))

    private let store = ScriptedStore()
    private let leases = Leases()
    private let names = Names()

    /// What is overridden in these tests.
    private struct Name: OverrideSubject {
        let name: String

        init(_ name: String) { self.name = name }

        init?(stored json: JSON) {
            guard let name = json["name"]?.stringValue else { return nil }
            self.name = name
        }

        var stored: JSONObject { ["name": .string(name), "before": 7] }
        var told: JSONObject { ["name": .string(name)] }
    }

    private func run<Answer: Sendable>(
        _ body: JSONObject = [:], id: String = "", sudo: Bool = true,
        _ work: (Overrides<Name>) throws(EngineError) -> Answer
    ) async throws -> Answer {
        var captures = Captures()
        captures.add("id", id.utf8)
        let request = EngineRequest(
            operation: .update, path: [], captures: captures, input: Input(members: body), mount: Self.mount,
            caller: Caller(displayName: "ann", hasSudo: sudo), now: Self.now, random: names, vault: leases)
        return try await Transactor(store: store).run { transaction throws(EngineError) in
            try work(Overrides(Self.kind, request, transaction))
        }.answer
    }

    private func begin(_ name: String, _ body: JSONObject = [:]) async throws -> EngineResponse {
        try await run(body) { overrides throws(EngineError) in try overrides.begin(Name(name)) }
    }

    @Test func whatBeginsIsAnsweredWithItsLease() async throws {
        let begun = try await begin("a", ["ttl": "30s", "reason": "why"])
        #expect(begun.leaseID == "m/overrides/1" && begun.leaseDuration == 30 && begun.isRenewable)
        let data = try #require(begun.dataObject)
        #expect(["name", "created_by", "reason"].map { data[$0]?.stringValue } == ["a", "ann", "why"])
        #expect(data["before"] == nil)
        let id = try #require(data["id"]?.stringValue)
        let read = try await run(id: id) { overrides throws(EngineError) in try overrides.reading() }
        // Whoever knows a lease's name can renew it, so only who asked for it is told.
        #expect(read.dataObject?.members.map(\.name) == data.members.map(\.name).filter { $0 != "lease_id" })
        let hidden = try await run { overrides throws(EngineError) in try overrides.listing { _ in false } }
        #expect(hidden.dataObject == nil)
        let listed = try await run { overrides throws(EngineError) in try overrides.listing() }
        #expect(listed.dataObject?["keys"]?.arrayValue?.compactMap(\.stringValue) == [id])
        #expect(listed.dataObject?["key_info"]?[id]?["name"]?.stringValue == "a")
        #expect(listed.dataObject?["key_info"]?[id]?["lease_id"] == nil)
    }

    @Test func onlyThoseWhoseLeaseHasEndedAreTaken() async throws {
        for name in ["a", "b"] { _ = try await begin(name) }
        #expect(try await run { overrides throws(EngineError) in try overrides.ended() }.isEmpty)
        leases.end("lease-1")
        let ended = try await run { overrides throws(EngineError) in try overrides.ended() }
        let all = try await run { overrides throws(EngineError) in try overrides.all() }
        #expect(ended == [all[0].id])
        #expect(try await run { overrides throws(EngineError) in try overrides.take(ended: all[1].id) } == nil)
        #expect(
            try await run { overrides throws(EngineError) in try overrides.take(ended: ended[0]) }?.subject.name == "a")
        #expect(try await run { overrides throws(EngineError) in try overrides.all() }.map(\.subject.name) == ["b"])
    }

    @Test func whatIsRevokedIsGoneWithItsLease() async throws {
        let id = try #require(try await begin("a").dataObject?["id"]?.stringValue)
        let revoke = { @Sendable (overrides: Overrides<Name>) throws(EngineError) in try overrides.revoke { _ in [] } }
        #expect(try await run(id: "other", revoke) == nil)
        await #expect(throws: EngineError.self) { _ = try await run(id: id, sudo: false, revoke) }
        #expect(leases.ends("lease-1") != nil)
        #expect(try await run(id: id, revoke)?.subject.name == "a")
        #expect(leases.ends("lease-1") == nil)
        #expect(try await run { overrides throws(EngineError) in try overrides.all() }.isEmpty)
    }

    @Test func thereAreTwoHundredAtMost() async throws {
        for number in 0..<200 { _ = try await begin("n\(number)") }
        await #expect(throws: EngineError.self) { try await begin("one more") }
    }

    @Test func recordsAreReadAsTheyWereEverWritten() async throws {
        store.set(
            StoreKey(Self.mount.realm, Self.kind, []),
            Array(
                (#"{"ov-1":{"name":"a","before":0,"written":3,"author":"bo","reason":"why","since":"2026-11-29T10:00:00Z","#
                    + #""lease":{"id":"m/overrides/x","key":"k","end":"2026-11-29T11:00:00Z","seconds":3600}}}"#).utf8))
        let all = try await run { overrides throws(EngineError) in try overrides.all() }
        #expect(all.map(\.id) == ["ov-1"] && all.first?.author == "bo" && all.first?.lease.seconds == 3600)
    }
}

/// Leases that a test ends.
private final class Leases: VaultAccess {
    private struct State {
        var made = 0
        var ended: Set<String> = []
    }

    private let state = Mutex(State())

    func end(_ key: String) { state.withLock { _ = $0.ended.insert(key) } }

    func ends(_ key: String) -> Timestamp? {
        state.withLock { $0.ended.contains(key) ? nil : Timestamp(seconds: 1_800_000_030) }
    }

    /// A number that was not given before.
    func next() -> Int {
        state.withLock { state in
            state.made += 1
            return state.made
        }
    }

    func lease(
        for seconds: Int?, from mount: MountContext, path: [UInt8], _ transaction: Transaction
    ) throws(EngineError) -> Lease {
        let number = next()
        return Lease(
            id: "\(String(decoding: path, as: UTF8.self))/\(number)", key: "lease-\(number)",
            end: Timestamp(seconds: 1_800_000_030), seconds: seconds ?? 3_600)
    }

    func end(ofLease key: String, _ transaction: Transaction) throws(EngineError) -> Timestamp? { ends(key) }

    func revoke(lease key: String, _ transaction: Transaction) throws(EngineError) { end(key) }

    func ask(
        _ operation: Operation, _ path: [UInt8], _ input: Input, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse { throw .unsupportedPath }

    var unchecked: any VaultAccess { self }
    func standing(for instance: String) -> any VaultAccess { self }

    func mount(serving path: [UInt8]) -> MountContext? { nil }

    func origin(_ transaction: Transaction) throws(EngineError) -> String { "" }
}

/// Names that differ, without chance.
private final class Names: RandomSource {
    private let count = Mutex(0)

    func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    func base62(_ length: Int) -> String {
        count.withLock { count in
            count += 1
            return "x\(count)"
        }
    }

    func uuid() -> String { "" }
}
