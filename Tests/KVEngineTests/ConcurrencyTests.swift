import EngineKit
import Notation
import Testing

@Suite struct ConcurrencyTests {
    @Test func eachOfManyWritersGetsAVersionOfItsOwn() async {
        let world = KeyValueWorld()
        await world.call(.write, "config", #"{"max_versions":60}"#)
        let numbers = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<50 {
                group.addTask { await world.call(.write, "data/x", #"{"data":{}}"#).data?["version"]?.intValue }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.compactMap(\.self).sorted() == Array(1...50))
    }

    @Test func onlyOneOfManyCheckedWritersWins() async {
        let world = KeyValueWorld()
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { await world.call(.write, "data/x", #"{"data":{},"options":{"cas":0}}"#).status }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 200 } == 1)
        #expect(statuses.count { $0 == 400 } == 19)
    }

    @Test func readersNeverSeeHalfAChange() async {
        let world = KeyValueWorld()
        let rounds = 200
        async let writing: Void = {
            for round in 0..<rounds {
                await world.call(.write, "data/x", #"{"data":{"round":\#(round)}}"#, at: Int64(round))
                await world.call(.delete, "metadata/x")
            }
        }()
        for _ in 0..<rounds {
            let answer = await world.call(.read, "data/x", at: Int64(rounds))
            guard answer.status == 200 else {
                #expect(answer.errors == [])
                continue
            }
            let minutes = answer.data?["metadata"]?["created_time"]?.stringValue
            let round = answer.data?["data"]?["round"]?.intValue ?? -1
            #expect(minutes == KeyValueWorld.time(Int64(round)).description)
        }
        await writing
    }

    @Test(arguments: ["data/x", "subkeys/x", "data-diff/x"])
    func aSecretThatIsReplacedBetweenTwoReadsIsReadAnew(path: String) async {
        let world = KeyValueWorld()
        for _ in 0..<2 { await world.call(.write, "data/x", #"{"data":{"old":1}}"#) }
        world.store.interrupt(beforeLoadOf: KeyValueKinds.versions) {
            await world.call(.delete, "metadata/x")
            for _ in 0..<2 { await world.call(.write, "data/x", #"{"data":{"new":2}}"#, at: 5) }
        }
        let answer = await world.call(.read, path, at: 6)
        #expect(answer.status == 200)
        #expect(answer.text.contains("new"))
        if path != "data-diff/x" {
            #expect(answer.data?["metadata"]?["created_time"]?.stringValue == "2023-11-14T22:13:25Z")
        }
    }

    @Test func aVersionThatIsDestroyedBetweenTwoReadsIsGone() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{"a":1}}"#)
        world.store.interrupt(beforeLoadOf: KeyValueKinds.versions) {
            await world.call(.write, "destroy/x", #"{"versions":[1]}"#)
        }
        let answer = await world.call(.read, "data/x")
        #expect(answer.status == 404)
        #expect(answer.data?["metadata"]?["destroyed"]?.boolValue == true)
    }

    @Test func aSecretThatIsRemovedDuringADetailedListingIsLeftOut() async {
        let world = KeyValueWorld()
        for path in ["a", "b", "c"] { await world.call(.write, "data/\(path)", #"{"data":{}}"#) }
        for path in ["a", "b", "c"] { await world.call(.write, "delete/\(path)", #"{"versions":[1]}"#) }
        world.store.interrupt(beforeLoadOf: KeyValueKinds.metadata) { await world.call(.delete, "metadata/b") }
        let answer = await world.call(.list, "detailed-metadata/")
        #expect(answer.status == 200)
        #expect(answer.data?["keys"]?.arrayValue?.compactMap(\.stringValue) == ["a", "c"])
        #expect(answer.data?["key_info"]?.objectValue?.members.map(\.name) == ["a", "c"])
    }

    @Test func aSecretThatChangesDuringACopyIsCopiedAnew() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{"n":1}}"#)
        world.store.interrupt(beforeLoadOf: KeyValueKinds.versions) {
            await world.call(.write, "data/x", #"{"data":{"n":2}}"#)
        }
        #expect(await world.call(.write, "move/x", #"{"to":"y"}"#).data?["versions"]?.intValue == 2)
        #expect(await world.call(.read, "data/y").data?["data"]?["n"]?.intValue == 2)
        #expect(await world.call(.read, "data/x").status == 404)
    }
}
