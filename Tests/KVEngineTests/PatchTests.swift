import EngineKit
import Notation
import Testing

@testable import KVEngine

@Suite struct PatchTests {
    /// The examples of RFC 7396, appendix A, as (original, patch, result).
    static let examples = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#), ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    @Test(arguments: examples)
    func followsTheStandard(original: String, patch: String, result: String) throws {
        let patched = MergePatch.apply(try JSON(parsing: patch), to: try JSON(parsing: original))
        #expect(String(decoding: patched.serialized(), as: UTF8.self) == result)
    }

    @Test func patchesTheCurrentVersionIntoANewOne() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{"n":1.0,"keep":{"p":1,"q":2},"gone":true}}"#)
        let answer = await world.call(.patch, "data/x", #"{"data":{"keep":{"q":null,"r":10e1},"gone":null}}"#)
        #expect(answer.status == 200)
        #expect(answer.data?["version"]?.intValue == 2)
        let data = await world.call(.read, "data/x").data?["data"]
        #expect(data.map { String(decoding: $0.serialized(), as: UTF8.self) } == #"{"n":1.0,"keep":{"p":1,"r":10e1}}"#)
        #expect(await world.call(.read, "data/x", #"{"version":1}"#).data?["data"]?["gone"]?.boolValue == true)
    }

    @Test func needsASecretAndItsData() async {
        let world = KeyValueWorld()
        let missing = await world.call(.patch, "data/none", #"{"data":{}}"#)
        #expect(missing.status == 404)
        #expect(missing.errors == [])
        await world.call(.write, "metadata/empty", #"{"max_versions":1}"#)
        #expect(await world.call(.patch, "data/empty", #"{"data":{}}"#).errors == [])
        await world.call(.write, "data/x", #"{"data":{}}"#)
        #expect(await world.call(.patch, "data/x", "{}").errors == ["no data provided"])
        #expect(
            await world.call(.patch, "data/x", #"{"data":{},"options":{"cas":7}}"#).errors
                == ["check-and-set parameter did not match the current version"])
    }

    @Test(arguments: [true, false])
    func tellsWhatIsKnownOfAVersionThatIsGone(isDestroyed: Bool) async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{"a":1}}"#)
        await world.call(.write, isDestroyed ? "destroy/x" : "delete/x", #"{"versions":[1]}"#)
        let answer = await world.call(.patch, "data/x", #"{"data":{"a":2}}"#, at: 1)
        #expect(answer.status == 404)
        #expect(answer.errors == nil)
        #expect(answer.data?["version"]?.intValue == 1)
        #expect(answer.data?["destroyed"]?.boolValue == isDestroyed)
        #expect(answer.data?["deletion_time"]?.stringValue == (isDestroyed ? "" : "2023-11-14T22:13:20Z"))
    }
}
