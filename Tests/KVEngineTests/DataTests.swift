import EngineKit
import Notation
import Testing

@Suite struct DataTests {
    @Test func aWriteAnswersWithTheVersionItMade() async {
        let world = KeyValueWorld()
        let first = await world.call(.write, "data/app/db", #"{"data":{"user":"u"}}"#)
        #expect(first.status == 200)
        #expect(first.operation == .create)
        #expect(
            first.text
                == #"{"created_time":"2023-11-14T22:13:20Z","custom_metadata":null,"deletion_time":"","#
                + #""destroyed":false,"version":1}"#)
        let second = await world.call(.write, "data/app/db", #"{"data":{}}"#, at: 1)
        #expect(second.operation == .update)
        #expect(second.data?["version"]?.intValue == 2)
    }

    @Test func aReadAnswersWithDataAndMetadata() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/a/b/c", #"{"data":{"x":1}}"#)
        await world.call(.write, "data/a/b/c", #"{"data":{"x":2}}"#, at: 60)
        let metadata = { (version: Int, minute: String) in
            #"{"created_time":"2023-11-14T22:\#(minute):20Z","custom_metadata":null,"deletion_time":"","#
                + #""destroyed":false,"version":\#(version)}"#
        }
        for query in ["", "{}", #"{"version":"0"}"#, #"{"version":""}"#, #"{"version":"2"}"#, #"{"version":"-4"}"#] {
            let answer = await world.call(.read, "data/a/b/c", query)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"data":{"x":2},"metadata":\#(metadata(2, "14"))}"#)
        }
        let first = await world.call(.read, "data/a/b/c", #"{"version":"1"}"#)
        #expect(first.text == #"{"data":{"x":1},"metadata":\#(metadata(1, "13"))}"#)
    }

    @Test(arguments: [
        #"{"n":12345678901234567890,"f":1.0,"e":-0.10e+2,"z":0}"#, #"{ "spaced" : [ 1 , 2 ] }"#, "{}",
        #"{"":"empty name","ü\u0000\ud83d\ude00":"é"}"#, #"{"z":1,"a":{"y":[null,true,{"b":[]}]}}"#,
    ])
    func valuesComeBackByteForByte(value: String) async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"options":{"data":{"no":1}},"data":\#(value) , "other":{}}"#)
        let transaction = await stored(world, StoreKey(world.mount.realm, KeyValueKinds.versions, [0x78], ordinal: 1))
        #expect(transaction?.suffix(value.utf8.count).elementsEqual(value.utf8) == true)
        #expect(transaction?.count == value.utf8.count + 13)
    }

    private func stored(_ world: KeyValueWorld, _ key: StoreKey) async -> [UInt8]? {
        try? await world.store.load([key]).first??.value
    }

    @Test(arguments: ["data/none", "metadata/none", "subkeys/none", "data/x/", "metadata/x/"])
    func whatIsNotThereIs404WithoutMessages(path: String) async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{}}"#)
        let answer = await world.call(.read, path)
        #expect(answer.status == 404)
        #expect(answer.errors == [])
    }

    @Test func unknownVersionsAre404WithoutMessages() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{}}"#)
        await world.call(.write, "metadata/empty", #"{"max_versions":1}"#)
        for (path, version) in [("x", "2"), ("x", "9223372036854775807"), ("empty", "0"), ("empty", "1")] {
            for area in ["data", "subkeys"] {
                let answer = await world.call(.read, "\(area)/\(path)", #"{"version":"\#(version)"}"#)
                #expect(answer.status == 404)
                #expect(answer.errors == [])
            }
        }
    }

    @Test(arguments: [
        ("data/x", "", "no data provided"), ("data/x", #"{"options":{"cas":0}}"#, "no data provided"),
        ("data/x", #"{"a":"b"}"#, "no data provided"), ("data", #"{"data":{}}"#, "missing path"),
        ("data/", #"{"data":{}}"#, "missing path"),
        ("data/x", #"{"data":{},"options":{"cas":1}}"#, "check-and-set parameter did not match the current version"),
        ("data/x", #"{"data":{},"options":{"cas":-1}}"#, "check-and-set parameter did not match the current version"),
        ("data/x", #"{"data":{},"options":{"cas":"x"}}"#, "error parsing check-and-set parameter"),
        ("data/x", #"{"data":{},"options":{"cas":1.5}}"#, "error parsing check-and-set parameter"),
        ("data/x", #"{"data":{},"options":{"cas":{}}}"#, "error parsing check-and-set parameter"),
        ("data/x", #"{"data":{},"options":{"cas":[]}}"#, "error parsing check-and-set parameter"),
        ("data/x", #"{"data":{},"options":{"cas":9223372036854775808}}"#, "error parsing check-and-set parameter"),
    ])
    func wrongWritesAreToldInVaultsWords(path: String, body: String, message: String) async {
        let world = KeyValueWorld()
        let answer = await world.call(.write, path, body)
        #expect(answer.status == 400)
        #expect(answer.errors == [message])
        #expect(world.store.commitCount == 0)
    }

    @Test(arguments: [#""text""#, "1", "[]", "true"])
    func dataMustBeAnObject(value: String) async {
        let answer = await KeyValueWorld().call(.write, "data/x", #"{"data":\#(value)}"#)
        #expect(answer.status == 400)
        #expect(
            answer.errors == [
                #"Field validation failed: error converting input for field "data": expected an object"#
            ])
    }

    @Test func nullStandsForAnEmptyObject() async {
        let world = KeyValueWorld()
        #expect(await world.call(.write, "data/x", #"{"data":null,"options":null}"#).status == 200)
        #expect(await world.call(.read, "data/x").data?["data"]?.objectValue?.members.isEmpty == true)
    }

    @Test func valuesAreLimitedToOneMebibyte() async {
        let world = KeyValueWorld()
        let fits = String(repeating: "x", count: (1 << 20) - 8)
        #expect(await world.call(.write, "data/x", #"{"data":{"k":"\#(fits)"}}"#).status == 200)
        #expect(await world.call(.write, "data/y", #"{"data":{"k":"\#(fits)x"}}"#).status == 400)
        #expect(await world.call(.patch, "data/x", #"{"data":{"l":1}}"#).status == 400)
        #expect(await world.call(.read, "data/x").data?["metadata"]?["version"]?.intValue == 1)
    }

    @Test(arguments: [("0", 0), (#""0""#, 0), ("null", 0), ("false", 0), ("true", 1), (#""1""#, 1), ("2", 2)])
    func checkAndSetIsDecodedWeakly(cas: String, current: Int) async {
        let world = KeyValueWorld()
        for _ in 0..<current { await world.call(.write, "data/x", #"{"data":{}}"#) }
        let body = #"{"data":{},"options":{"cas":\#(cas)}}"#
        #expect(await world.call(.write, "data/x", body).data?["version"]?.intValue == current + 1)
        #expect(await world.call(.write, "data/x", body).status == 400)
    }

    @Test(arguments: ["config", "metadata/x"])
    func checkAndSetCanBeRequired(by path: String) async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{}}"#)
        await world.call(.write, path, #"{"cas_required":true}"#)
        for (verb, current) in [(KeyValueWorld.Verb.write, 1), (.patch, 2)] {
            for body in [#"{"data":{}}"#, #"{"data":{},"options":{}}"#, #"{"data":{},"options":null,"cas":1}"#] {
                let answer = await world.call(verb, "data/x", body)
                #expect(answer.errors == ["check-and-set parameter required for this call"])
            }
            let body = #"{"data":{},"options":{"cas":\#(current)}}"#
            #expect(await world.call(verb, "data/x", body).data?["version"]?.intValue == current + 1)
        }
        let other = await world.call(.write, "data/y", #"{"data":{}}"#)
        #expect(other.status == (path == "config" ? 400 : 200))
    }

    @Test func checkAndSetCountsOnAfterDeletion() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{}}"#)
        await world.call(.delete, "data/x")
        #expect(await world.call(.write, "data/x", #"{"data":{},"options":{"cas":0}}"#).status == 400)
        let answer = await world.call(.write, "data/x", #"{"data":{},"options":{"cas":1}}"#)
        #expect(answer.operation == .update)
        #expect(answer.data?["version"]?.intValue == 2)
    }

    @Test func namesThatOnlyLookAlikeAreTwoSecrets() async {
        let world = KeyValueWorld()
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        await world.call(.write, "data/\(composed)", #"{"data":{"of":"composed"}}"#)
        #expect(await world.call(.read, "data/\(decomposed)").status == 404)
        await world.call(.write, "data/\(decomposed)", #"{"data":{"of":"decomposed"}}"#)
        #expect(await world.call(.read, "data/\(composed)").data?["data"]?["of"]?.stringValue == "composed")
        #expect(await world.call(.list, "metadata/").data?["keys"]?.arrayValue?.count == 2)
        await world.call(.delete, "metadata/\(composed)")
        #expect(await world.call(.read, "data/\(decomposed)").data?["data"]?["of"]?.stringValue == "decomposed")
        let pair = #"{"data":{"caf\u00e9":1,"cafe\u0301":2}}"#
        await world.call(.write, "data/pair", pair)
        await world.call(.patch, "data/pair", #"{"data":{"cafe\u0301":null}}"#)
        let members = await world.call(.read, "data/pair").data?["data"]?.objectValue?.members ?? []
        #expect(members.map { Array($0.name.utf8) } == [Array(composed.utf8)])
    }

    @Test func aForeignRecordIsAnInternalErrorAndNotATrap() async {
        let world = KeyValueWorld()
        let key = StoreKey(world.mount.realm, KeyValueKinds.metadata, [0x78])
        for bytes in [[], [1], [9, 9, 9], Array(repeating: 255, count: 70), Array(repeating: 255, count: 200)]
            as [[UInt8]]
        {
            world.store.plant(key, bytes)
            for path in ["data/x", "metadata/x", "subkeys/x"] {
                #expect(await world.call(.read, path).status == 500)
            }
        }
    }
}
