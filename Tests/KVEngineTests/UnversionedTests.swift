import EngineKit
import KVEngine
import Notation
import Testing

@Suite struct UnversionedTests {
    private let world = KeyValueWorld(UnversionedKeyValueEngine())

    @Test func writesReplaceTheWholeObject() async {
        let first = await world.call(.write, "a/b", #" {"n": 12345678901234567890, "f":1.0} "#)
        #expect((first.status, first.operation) == (204, .create))
        let answer = await world.call(.read, "a/b")
        #expect((answer.status, answer.leaseDuration) == (200, 2_764_800))
        #expect(answer.text == #"{"n":12345678901234567890,"f":1.0}"#)
        #expect(await world.call(.write, "a/b", #"{"only":"this"}"#).operation == .update)
        #expect(await world.call(.read, "a/b").text == #"{"only":"this"}"#)
        #expect(await world.call(.delete, "a/b").status == 204)
        #expect(await world.call(.delete, "a/b").status == 204)
        #expect(await world.call(.read, "a/b").errors == [])
        #expect(await world.call(.patch, "a/b", #"{"a":1}"#).status == 405)
    }

    @Test(arguments: [("x", ""), ("x", "{}"), ("", #"{"a":1}"#)])
    func writesNeedAPathAndFields(path: String, body: String) async {
        let answer = await world.call(.write, path, body)
        #expect(answer.status == 400)
        #expect(answer.errors == [path.isEmpty ? "missing path" : "missing data fields"])
        #expect(world.store.commitCount == 0)
    }

    @Test(arguments: [
        (#"{"ttl":"1h"}"#, 3600), (#"{"ttl":"90"}"#, 90), (#"{"ttl":45}"#, 45), (#"{"ttl":"no time"}"#, 2_764_800),
        (#"{"lease":"2m"}"#, 120), (#"{"lease":"1h","ttl":"5s"}"#, 5), (#"{"ttl":"30d"}"#, 2_592_000),
        (#"{"ttl":"-5s"}"#, 2_764_800), (#"{"ttl":{}}"#, 2_764_800), (#"{"ttl":null}"#, 2_764_800),
        (#"{"ttl":""}"#, 2_764_800), (#"{"ttl":0}"#, 2_764_800), (#"{"ttl":"9223372036854775807h"}"#, 2_764_800),
        (#"{"ttl":1e400}"#, 2_764_800), (#"{"ttl":9223372036854775807}"#, 2_764_800), (#"{"other":"1h"}"#, 2_764_800),
    ])
    func theFieldTtlBecomesTheLeaseDuration(body: String, seconds: Int) async {
        #expect(await world.call(.write, "x", body).status == 204)
        let answer = await world.call(.read, "x")
        #expect(answer.leaseDuration == seconds)
        #expect(answer.text == body)
    }

    @Test func aFolderAndAKeyOfOneNameLiveTogether() async {
        await world.call(.write, "a", #"{"v":"key"}"#)
        await world.call(.write, "a/b", #"{"v":"below"}"#)
        await world.call(.write, "a/c/d", #"{"v":"deeper"}"#)
        #expect(await world.call(.list, "").text == #"{"keys":["a","a/"]}"#)
        #expect(await world.call(.list, "a/").text == #"{"keys":["b","c/"]}"#)
        #expect(await world.call(.scan, "").text == #"{"keys":["a","a/b","a/c/d"]}"#)
        #expect(await world.call(.list, "", #"{"after":"a","limit":1}"#).text == #"{"keys":["a/"]}"#)
        #expect(await world.call(.delete, "a/").status == 204)
        #expect(await world.call(.read, "a/").errors == [])
        await world.call(.delete, "a")
        #expect(await world.call(.list, "").text == #"{"keys":["a/"]}"#)
        #expect(await world.call(.list, "none/").status == 404)
        #expect(await world.call(.scan, "none/").text == "{}")
    }

    @Test func valuesAreLimitedToOneMebibyte() async {
        let text = String(repeating: "x", count: 1 << 20)
        #expect(await world.call(.write, "x", #"{"k":"\#(text)"}"#).status == 400)
    }

    @Test func aForeignRecordIsAnInternalErrorAndNotATrap() async {
        for bytes in [[], [1], [2] + Array(repeating: 0, count: 20)] as [[UInt8]] {
            world.store.plant(StoreKey(world.mount.realm, KeyValueKinds.values, [0x78]), bytes)
            #expect(await world.call(.read, "x").status == 500)
        }
    }
}

@Suite struct CubbyholeTests {
    private func world(_ tokenKey: String, _ type: Caller.TokenType?, like other: KeyValueWorld? = nil) -> KeyValueWorld
    {
        var world = other ?? KeyValueWorld(CubbyholeEngine())
        world.caller = Caller(tokenKey: Array(tokenKey.utf8), tokenType: type)
        return world
    }

    @Test func eachTokenSeesItsOwnOnly() async {
        let first = world("aa", .service)
        let second = world("aab", .service, like: first)
        #expect(await first.call(.write, "x/y", #"{"n":1.0}"#).status == 204)
        let answer = await first.call(.read, "x/y")
        #expect(answer.text == #"{"n":1.0}"#)
        #expect(answer.leaseDuration == 0)
        #expect(await second.call(.read, "x/y").errors == [])
        #expect(await second.call(.list, "").status == 404)
        #expect(await second.call(.delete, "x/y").status == 204)
        #expect(await first.call(.list, "").text == #"{"keys":["x/"]}"#)
        #expect(await first.call(.list, "x/").text == #"{"keys":["y"]}"#)
        #expect(await first.call(.scan, "").text == #"{"keys":["x/y"]}"#)
        #expect(await first.call(.write, "x/y", #"{"n":2}"#).operation == .update)
        #expect(await first.call(.delete, "x/y").status == 204)
        #expect(await first.call(.read, "x/y").status == 404)
    }

    @Test func writesNeedAPathAndFields() async {
        let world = world("aa", .service)
        #expect(await world.call(.write, "x", "{}").errors == ["missing data fields"])
        #expect(await world.call(.write, "", #"{"a":1}"#).errors == ["missing path"])
        #expect(await world.call(.patch, "x", #"{"a":1}"#).status == 405)
        #expect(await world.call(.read, "").errors == [])
    }

    @Test(arguments: [("", Caller.TokenType.batch), ("aa", .batch), ("", .service), ("aa", nil)])
    func onlyServiceTokensHaveOne(tokenKey: String, type: Caller.TokenType?) async {
        let world = world(tokenKey, type)
        for verb in KeyValueWorld.Verb.allCases where verb != .patch {
            let answer = await world.call(verb, verb == .list || verb == .scan ? "" : "x", #"{"a":1}"#)
            #expect(answer.errors == ["cubbyhole operations are only supported by 'service' type tokens"])
        }
        #expect(world.store.commitCount == 0)
    }
}

@Suite struct UpgradeTests {
    @Test func eachValueBecomesVersionOne() async throws {
        let old = KeyValueWorld(UnversionedKeyValueEngine())
        for number in 0..<300 { await old.call(.write, "f/\(number)", #"{"n":\#(number).0,"ttl":"1h"}"#) }
        await old.call(.write, "f", #"{"of":"the folder's name"}"#)
        _ = try await Transactor(store: old.store).run { transaction throws(EngineError) in
            try KeyValueUpgrade.upgrade(old.mount, now: KeyValueWorld.time(9), transaction)
        }
        #expect(old.store.count(KeyValueKinds.values) == 0)
        let new = KeyValueWorld(upgraded: old)
        let answer = await new.call(.read, "data/f/299")
        #expect(
            answer.text
                == #"{"data":{"n":299.0,"ttl":"1h"},"metadata":{"created_time":"2023-11-14T22:13:29Z","#
                + #""custom_metadata":null,"deletion_time":"","destroyed":false,"version":1}}"#)
        #expect(await new.call(.read, "data/f").data?["data"]?["of"]?.stringValue == "the folder's name")
        #expect(await new.call(.scan, "metadata/").data?["keys"]?.arrayValue?.count == 301)
    }

    @Test func anEmptyMountNeedsNothing() async throws {
        let world = KeyValueWorld()
        let outcome = try await Transactor(store: world.store).run { transaction throws(EngineError) in
            try KeyValueUpgrade.upgrade(world.mount, now: KeyValueWorld.start, transaction)
        }
        #expect(outcome.revision == nil)
    }
}

extension KeyValueWorld {
    /// The same store and mount served by the versioned engine.
    fileprivate init(upgraded old: KeyValueWorld) {
        self.init(VersionedKeyValueEngine(), mount: old.mount, store: old.store)
    }
}
