import EngineKit
import KVEngine
import Notation
import Testing

@Suite struct RollbackTests {
    private func world() async -> KeyValueWorld {
        let world = KeyValueWorld()
        for number in 1...3 { await world.call(.write, "data/x", #"{"data":{"n":\#(number).0}}"#) }
        return world
    }

    @Test func writesAnEarlierVersionAgain() async {
        let world = await world()
        let answer = await world.call(.write, "rollback/x", #"{"version":"1"}"#, at: 5)
        #expect(answer.operation == .update)
        #expect(answer.data?["version"]?.intValue == 4)
        #expect(answer.data?["created_time"]?.stringValue == "2023-11-14T22:13:25Z")
        #expect(await world.call(.read, "data/x").text.hasPrefix(#"{"data":{"n":1.0},"#))
        #expect(await world.call(.read, "data/x", #"{"version":1}"#).status == 200)
    }

    @Test func needsAVersionThatIsThere() async {
        let world = await world()
        #expect(await world.call(.write, "rollback/x", "{}").errors == ["no version number provided"])
        #expect(await world.call(.write, "rollback/x", #"{"version":9}"#).errors == [])
        #expect(await world.call(.write, "rollback/x", #"{"version":0}"#).errors == [])
        #expect(await world.call(.write, "rollback/none", #"{"version":1}"#).errors == [])
        await world.call(.write, "destroy/x", #"{"versions":[1]}"#)
        let answer = await world.call(.write, "rollback/x", #"{"version":1}"#)
        #expect(answer.status == 404)
        #expect(answer.data?["metadata"]?["destroyed"]?.boolValue == true)
        #expect(await world.call(.read, "data/x").data?["metadata"]?["version"]?.intValue == 3)
    }

    @Test(arguments: [#""cas":2"#, #""options":{"cas":2}"#])
    func checksAndSets(cas: String) async {
        let world = await world()
        let mismatch = ["check-and-set parameter did not match the current version"]
        #expect(await world.call(.write, "rollback/x", #"{"version":1,\#(cas)}"#).errors == mismatch)
        await world.call(.write, "config", #"{"cas_required":true}"#)
        let required = ["check-and-set parameter required for this call"]
        #expect(await world.call(.write, "rollback/x", #"{"version":1}"#).errors == required)
        #expect(await world.call(.write, "rollback/x", #"{"version":1,"cas":3}"#).data?["version"]?.intValue == 4)
    }
}

@Suite struct ComparisonTests {
    private func world() async -> KeyValueWorld {
        let world = KeyValueWorld()
        for data in [#"{"a":1,"b":{"x":1,"y":2},"c":"v","d":1}"#, #"{"b":{"y":2,"x":1},"c":"w","d":1.0,"e":[]}"#, "{}"]
        {
            await world.call(.write, "data/x", #"{"data":\#(data)}"#)
        }
        return world
    }

    @Test func namesTheKeysThatDiffer() async {
        let answer = await world().call(.read, "diff/x", #"{"to":"2"}"#)
        #expect(
            answer.text
                == #"{"from":1,"to":2,"added":["e"],"removed":["a"],"changed":["c","d"],"unchanged":["b"]}"#)
    }

    @Test func showsValuesOnItsOwnPathOnly() async {
        let world = await world()
        #expect(
            await world.call(.read, "data-diff/x", #"{"from":1,"to":2}"#).text
                == #"{"from":1,"to":2,"added":{"e":[]},"removed":{"a":1},"#
                + #""changed":{"c":{"from":"v","to":"w"},"d":{"from":1,"to":1.0}},"unchanged":["b"]}"#)
        let plain = await world.call(.read, "diff/x", #"{"from":1,"to":2,"values":true}"#)
        #expect(!plain.text.contains("\"w\""))
        #expect(await world.call(.read, "diff/x").data?["removed"]?.arrayValue?.count == 4)
    }

    @Test func versionsThatAreGoneAre404() async {
        let world = await world()
        await world.call(.write, "delete/x", #"{"versions":[2]}"#)
        for query in [#"{"from":1,"to":2}"#, "{}", #"{"from":9}"#, #"{"to":1}"#, #"{"from":3,"to":77}"#] {
            for area in ["diff", "data-diff"] {
                #expect(await world.call(.read, "\(area)/x", query).errors == [])
            }
        }
        #expect(await world.call(.read, "diff/none").status == 404)
        #expect(await world.call(.read, "diff/x", #"{"from":"a"}"#).status == 400)
        #expect(await world.call(.read, "diff/x", #"{"from":"1"}"#).status == 200)
    }
}

@Suite struct CopyTests {
    private func world() async -> KeyValueWorld {
        let world = KeyValueWorld()
        for number in 1...4 {
            await world.call(.write, "data/from", #"{"data":{"n":\#(number).0}}"#, at: Int64(number))
        }
        await world.call(.write, "metadata/from", #"{"max_versions":7,"custom_metadata":{"a":"b"}}"#)
        await world.call(.write, "delete/from", #"{"versions":[2]}"#)
        await world.call(.write, "destroy/from", #"{"versions":[3]}"#)
        return world
    }

    @Test(arguments: ["copy", "move"])
    func takesAllVersionsAndSettingsAlong(action: String) async {
        let world = await world()
        let metadata = await world.call(.read, "metadata/from").text
        let answer = await world.call(.write, "\(action)/from", #"{"to":"f/to"}"#, at: 50)
        #expect(answer.text == #"{"path":"f/to","current_version":4,"versions":4}"#)
        #expect(await world.call(.read, "metadata/f/to").text == metadata)
        #expect(await world.call(.read, "data/f/to", #"{"version":1}"#).text.hasPrefix(#"{"data":{"n":1.0},"#))
        await world.call(.write, "undelete/f/to", #"{"versions":[2,3]}"#)
        #expect(await world.call(.read, "data/f/to", #"{"version":2}"#).status == 200)
        #expect(await world.call(.read, "data/f/to", #"{"version":3}"#).status == 404)
        #expect(await world.call(.read, "metadata/from").status == (action == "copy" ? 200 : 404))
        #expect(world.store.count(KeyValueKinds.versions) == (action == "copy" ? 6 : 3))
        #expect(await world.call(.write, "data/f/to", #"{"data":{}}"#).data?["version"]?.intValue == 5)
    }

    @Test(arguments: ["copy", "move"])
    func replacesOnlyWhenToldTo(action: String) async {
        let world = await world()
        for _ in 0..<9 { await world.call(.write, "data/to", #"{"data":{"old":1}}"#) }
        let refused = await world.call(.write, "\(action)/from", #"{"to":"to"}"#)
        #expect(refused.errors == ["the destination exists; set 'overwrite' to replace it"])
        let mismatch = ["check-and-set parameter did not match the current version"]
        #expect(await world.call(.write, "\(action)/from", #"{"to":"to","overwrite":true,"cas":4}"#).errors == mismatch)
        #expect(await world.call(.write, "\(action)/from", #"{"to":"to","overwrite":true,"cas":9}"#).status == 200)
        #expect(await world.call(.read, "data/to").data?["data"]?["n"]?.intValue == nil)
        #expect(await world.call(.read, "data/to").text.hasPrefix(#"{"data":{"n":4.0},"#))
        #expect(world.store.count(KeyValueKinds.versions) == (action == "copy" ? 6 : 3))
    }

    @Test(arguments: [
        "{}", #"{"to":""}"#, #"{"to":"/a"}"#, #"{"to":"a/"}"#, #"{"to":"a//b"}"#, #"{"to":"../a"}"#, #"{"to":"a/./b"}"#,
        #"{"to":"a\u0000"}"#, #"{"to":"a\u2028b"}"#, #"{"to":[]}"#, #"{"to":"from"}"#,
        #"{"to":"\#(String(repeating: "x", count: 4090))"}"#,
    ])
    func wrongDestinationsAreRefused(body: String) async {
        let world = await world()
        let commits = world.store.commitCount
        for action in ["copy", "move"] {
            #expect(await world.call(.write, "\(action)/from", body).status == 400)
        }
        #expect(world.store.commitCount == commits)
    }

    @Test func whatIsNotThereIs404() async {
        let world = KeyValueWorld()
        #expect(await world.call(.write, "copy/none", #"{"to":"x"}"#).errors == [])
        #expect(await world.call(.write, "move/none", #"{"to":"x"}"#).errors == [])
        await world.call(.write, "data/x", #"{"data":{}}"#)
        await world.call(.write, "config", #"{"cas_required":true}"#)
        let required = ["check-and-set parameter required for this call"]
        #expect(await world.call(.write, "copy/x", #"{"to":"y"}"#).errors == required)
        #expect(await world.call(.write, "copy/x", #"{"to":"y","cas":0}"#).status == 200)
    }

    @Test func copiesAreBounded() async {
        let world = KeyValueWorld()
        await world.call(.write, "config", #"{"max_versions":40}"#)
        let text = String(repeating: "x", count: (1 << 20) - 20)
        for _ in 0..<33 { await world.call(.write, "data/x", #"{"data":{"k":"\#(text)"}}"#) }
        let answer = await world.call(.write, "copy/x", #"{"to":"y"}"#)
        #expect(answer.errors == ["the versions of the secret are larger than 33554432 bytes together"])
        await world.call(.write, "destroy/x", #"{"versions":[1]}"#)
        #expect(await world.call(.write, "move/x", #"{"to":"y"}"#).status == 200)
    }

    @Test(arguments: ["copy/x", "move/x", "delete-tree/x", "data-diff/x"])
    func routesThatPassByOtherPoliciesNeedSudo(path: String) {
        let match = VersionedKeyValueEngine().routes.match(Array(path.utf8), path.hasPrefix("data") ? .read : .update)
        #expect(match?.route.needsSudo == true)
        #expect(match?.route.existence == nil)
    }
}

@Suite struct DeleteTreeTests {
    private func world() async -> KeyValueWorld {
        let world = KeyValueWorld()
        for path in ["f", "f/a", "f/b", "f/b/c", "f/d/e", "fa", "g/f/x"] {
            for _ in 0..<2 { await world.call(.write, "data/\(path)", #"{"data":{}}"#) }
        }
        return world
    }

    @Test func onlyTellsUnlessToldOtherwise() async {
        let world = await world()
        for body in ["", "{}", #"{"dry_run":true}"#, #"{"dry_run":"1"}"#] {
            #expect(
                await world.call(.write, "delete-tree/f", body).text
                    == #"{"dry_run":true,"names":["a","b","b/c","d/e"],"count":4,"remaining":0}"#)
        }
        #expect(world.store.count(KeyValueKinds.metadata) == 7)
    }

    @Test func removesAFolderStepByStep() async {
        let world = await world()
        let body = #"{"dry_run":false,"limit":3}"#
        #expect(
            await world.call(.write, "delete-tree/f", body).text
                == #"{"dry_run":false,"names":["a","b","b/c"],"count":3,"remaining":1}"#)
        #expect(
            await world.call(.write, "delete-tree/f", body).text
                == #"{"dry_run":false,"names":["d/e"],"count":1,"remaining":0}"#)
        #expect(await world.call(.write, "delete-tree/f", body).data?["count"]?.intValue == 0)
        #expect(await world.call(.scan, "metadata/").text == #"{"keys":["f","fa","g/f/x"]}"#)
        #expect(world.store.count(KeyValueKinds.versions) == 6)
    }

    @Test(arguments: [
        ("delete-tree", "{}"), ("delete-tree/f", #"{"limit":0}"#), ("delete-tree/f", #"{"limit":1001}"#),
        ("delete-tree/f", #"{"dry_run":"no"}"#),
    ])
    func refusesWhatIsNotMeant(path: String, body: String) async {
        #expect(await world().call(.write, path, body).status == 400)
    }
}
