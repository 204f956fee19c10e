import EngineKit
import Notation
import Testing

@Suite struct DeletionTests {
    private func world(versions: Int) async -> KeyValueWorld {
        let world = KeyValueWorld()
        for number in 0..<versions { await world.call(.write, "data/x", #"{"data":{"n":\#(number + 1)}}"#) }
        return world
    }

    private func gone(_ world: KeyValueWorld, at seconds: Int64 = 10) async -> [Int] {
        var gone: [Int] = []
        for number in 1...3
        where await world.call(.read, "data/x", #"{"version":\#(number)}"#, at: seconds).status == 404 {
            gone.append(number)
        }
        return gone
    }

    @Test func aDeletedVersionIs404WithItsMetadata() async {
        let world = await world(versions: 2)
        #expect(await world.call(.delete, "data/x", at: 5).status == 204)
        for seconds in [5, 6] as [Int64] {
            let answer = await world.call(.read, "data/x", at: seconds)
            #expect(answer.status == 404)
            #expect(answer.errors == nil)
            #expect(
                answer.text
                    == #"{"data":null,"metadata":{"created_time":"2023-11-14T22:13:20Z","custom_metadata":null,"#
                    + #""deletion_time":"2023-11-14T22:13:25Z","destroyed":false,"version":2}}"#)
        }
        #expect(await world.call(.read, "data/x", #"{"version":1}"#).status == 200)
        #expect(await world.call(.write, "undelete/x", #"{"versions":[2]}"#, at: 7).status == 204)
        let answer = await world.call(.read, "data/x", at: 8)
        #expect(answer.data?["data"]?["n"]?.intValue == 2)
        #expect(answer.data?["metadata"]?["deletion_time"]?.stringValue == "")
    }

    @Test func deletingNothingOrTwiceIs204() async {
        let world = await world(versions: 1)
        #expect(await world.call(.delete, "data/none").status == 204)
        #expect(await world.call(.delete, "data/x", at: 1).status == 204)
        let first = await world.call(.read, "metadata/x").text
        #expect(await world.call(.delete, "data/x", at: 2).status == 204)
        #expect(await world.call(.write, "delete/x", #"{"versions":[1,9]}"#, at: 3).status == 204)
        #expect(await world.call(.read, "metadata/x").text == first)
        for action in ["delete", "undelete", "destroy"] {
            #expect(await world.call(.write, "\(action)/none", #"{"versions":[1]}"#).status == 204)
        }
        #expect(await world.call(.read, "metadata/none").status == 404)
    }

    @Test(arguments: ["[1,2]", #"["1","2"]"#, #""1,2""#, #"[" 1","2 "]"#, #"[2,1,1,77,0,-3]"#])
    func versionsComeInManyForms(versions: String) async {
        for action in ["delete", "destroy"] {
            let world = await world(versions: 3)
            #expect(await world.call(.write, "\(action)/x", #"{"versions":\#(versions)}"#).status == 204)
            #expect(await gone(world) == [1, 2])
            #expect(await world.call(.write, "undelete/x", #"{"versions":\#(versions)}"#).status == 204)
            #expect(await gone(world) == (action == "delete" ? [] : [1, 2]))
        }
    }

    @Test(arguments: [("delete", "No"), ("undelete", "No"), ("destroy", "no")])
    func versionsMustBeNamed(action: String, word: String) async {
        let world = await world(versions: 1)
        for body in ["", "{}", #"{"versions":[]}"#, #"{"versions":""}"#, #"{"versions":null}"#, #"{"versions":" , "}"#]
        {
            let answer = await world.call(.write, "\(action)/x", body)
            #expect(answer.status == 400)
            #expect(answer.errors == ["\(word) version number provided"])
        }
        for versions in [#"["x"]"#, #"{"a":1}"#, "true", "[[1]]", "[1.5]", "[9223372036854775808]", "[1e30]"] {
            let answer = await world.call(.write, "\(action)/x", #"{"versions":\#(versions)}"#)
            #expect(
                answer.errors?.first?.hasPrefix(
                    #"Field validation failed: error converting input for field "versions""#) == true)
        }
        #expect(await gone(world) == [2, 3])
    }

    @Test func destroyingRemovesTheValueForGood() async {
        let world = await world(versions: 3)
        await world.call(.delete, "data/x", at: 4)
        #expect(await world.call(.write, "destroy/x", #"{"versions":[1,3]}"#, at: 5).status == 204)
        #expect(world.store.count(KeyValueKinds.versions) == 1)
        await world.call(.write, "undelete/x", #"{"versions":[1,3]}"#, at: 6)
        await world.call(.write, "delete/x", #"{"versions":[1]}"#, at: 7)
        for (number, deletion) in [(1, ""), (3, "2023-11-14T22:13:24Z")] {
            let answer = await world.call(.read, "data/x", #"{"version":\#(number)}"#, at: 8)
            #expect(answer.status == 404)
            #expect(answer.data?["metadata"]?["destroyed"]?.boolValue == true)
            #expect(answer.data?["metadata"]?["deletion_time"]?.stringValue == deletion)
        }
        #expect(await world.call(.read, "data/x", #"{"version":2}"#).status == 200)
    }

    @Test(arguments: ["delete", "undelete", "destroy"])
    func theyAreAlwaysUpdates(action: String) async {
        let world = await world(versions: 1)
        #expect(await world.call(.write, "\(action)/none", #"{"versions":[1]}"#).operation == .update)
        #expect(await world.call(.read, "\(action)/x").status == 405)
        #expect(await world.call(.list, "\(action)/x/").status == 405)
        #expect(await world.call(.write, action, #"{"versions":[1]}"#).errors == ["missing path"])
    }

    @Test(arguments: [
        ("1h", "30m", 1800), ("1h", "2h", 3600), ("1h", "0", 3600), ("0", "30m", 1800), ("0", "0", 0),
        ("-1s", "30m", 0),
    ])
    func versionsExpireAfterTheShorterTime(mount: String, own: String, seconds: Int64) async {
        let world = KeyValueWorld()
        await world.call(.write, "config", #"{"delete_version_after":"\#(mount)"}"#)
        await world.call(.write, "metadata/x", #"{"delete_version_after":"\#(own)"}"#)
        await world.call(.write, "data/x", #"{"data":{"a":1}}"#)
        await world.call(.patch, "data/x", #"{"data":{"a":2}}"#)
        #expect(await world.call(.read, "data/x", at: seconds - 1).status == 200)
        #expect(await world.call(.read, "data/x", at: seconds).status == (seconds == 0 ? 200 : 404))
        await world.call(.write, "undelete/x", #"{"versions":[2]}"#, at: 10_000)
        #expect(await world.call(.read, "data/x", at: 9_999 + seconds).status == 200)
        #expect(await world.call(.read, "data/x", at: 10_000 + seconds).status == (seconds == 0 ? 200 : 404))
    }

    @Test func timesDoNotReachBack() async {
        let world = await world(versions: 1)
        await world.call(.write, "metadata/x", #"{"delete_version_after":"1s"}"#)
        #expect(await world.call(.read, "data/x", at: 100).status == 200)
        await world.call(.write, "data/x", #"{"data":{}}"#)
        await world.call(.write, "metadata/x", #"{"delete_version_after":0}"#)
        #expect(await world.call(.read, "data/x", at: 1).status == 404)
    }

    @Test func deletingBeforeTheTimeDeletesNow() async {
        let world = KeyValueWorld()
        await world.call(.write, "config", #"{"delete_version_after":"1h"}"#)
        await world.call(.write, "data/x", #"{"data":{}}"#)
        #expect(
            await world.call(.read, "data/x", at: 9).data?["metadata"]?["deletion_time"]?.stringValue
                == "2023-11-14T23:13:20Z")
        await world.call(.delete, "data/x", at: 10)
        #expect(
            await world.call(.read, "data/x", at: 10).data?["metadata"]?["deletion_time"]?.stringValue
                == "2023-11-14T22:13:30Z")
    }
}
