import EngineKit
import Notation
import Testing

@Suite struct SubkeyTests {
    static let value = #"{"a":{"b":{"c":1,"d":{}},"e":[1,{"x":2}]},"f":"secret","g":{}}"#

    @Test(arguments: [
        ("", #"{"a":{"b":{"c":null,"d":null},"e":null},"f":null,"g":null}"#),
        ("0", #"{"a":{"b":{"c":null,"d":null},"e":null},"f":null,"g":null}"#),
        ("1", #"{"a":null,"f":null,"g":null}"#), ("2", #"{"a":{"b":null,"e":null},"f":null,"g":null}"#),
        ("-1", #"{"a":null,"f":null,"g":null}"#),
        ("9223372036854775807", #"{"a":{"b":{"c":null,"d":null},"e":null},"f":null,"g":null}"#),
    ])
    func showShapeWithoutValues(depth: String, shape: String) async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":\#(Self.value)}"#)
        let answer = await world.call(.read, "subkeys/x", #"{"depth":"\#(depth)"}"#)
        #expect(
            answer.text
                == #"{"subkeys":\#(shape),"metadata":{"created_time":"2023-11-14T22:13:20Z","custom_metadata":null,"#
                + #""deletion_time":"","destroyed":false,"version":1}}"#)
    }

    @Test func areTakenFromTheWantedVersion() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{"old":1}}"#)
        await world.call(.write, "data/x", #"{"data":{}}"#)
        #expect(await world.call(.read, "subkeys/x").data?["subkeys"]?.objectValue?.members.isEmpty == true)
        let first = await world.call(.read, "subkeys/x", #"{"version":1}"#)
        #expect(first.data?["subkeys"]?.objectValue?.members.map(\.name) == ["old"])
        await world.call(.delete, "data/x")
        let gone = await world.call(.read, "subkeys/x")
        #expect(gone.status == 404)
        #expect(gone.data?["subkeys"]?.kind == .null)
        #expect(gone.data?["metadata"]?["version"]?.intValue == 2)
        #expect(await world.call(.write, "subkeys/x", "{}").status == 405)
    }
}
