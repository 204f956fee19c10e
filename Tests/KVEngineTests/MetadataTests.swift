import EngineKit
import Notation
import Testing

@Suite struct MetadataTests {
    @Test func tellsTheWholeRecord() async {
        let world = KeyValueWorld()
        await world.call(.write, "data/x", #"{"data":{}}"#)
        await world.call(.write, "data/x", #"{"data":{}}"#, at: 1)
        await world.call(.write, "metadata/x", #"{"max_versions":5,"delete_version_after":"30m"}"#, at: 2)
        await world.call(.write, "destroy/x", #"{"versions":[1]}"#, at: 3)
        #expect(
            await world.call(.read, "metadata/x").text
                == #"{"cas_required":false,"created_time":"2023-11-14T22:13:20Z","current_metadata_version":1,"#
                + #""current_version":2,"custom_metadata":null,"delete_version_after":"30m0s","max_versions":5,"#
                + #""metadata_cas_required":false,"oldest_version":0,"#
                + #""updated_time":"2023-11-14T22:13:21Z","versions":{"#
                + #""1":{"created_time":"2023-11-14T22:13:20Z","deletion_time":"","destroyed":true},"#
                + #""2":{"created_time":"2023-11-14T22:13:21Z","deletion_time":"","destroyed":false}}}"#)
    }

    @Test func aWriteCreatesTheRecordUnlessItSaysNothing() async {
        let world = KeyValueWorld()
        for body in ["", "{}", #"{"unknown":1}"#, #"{"metadata_cas":0}"#] {
            #expect(await world.call(.write, "metadata/x", body).status == 204)
        }
        #expect(await world.call(.read, "metadata/x").status == 404)
        let answer = await world.call(.write, "metadata/x", #"{"max_versions":null}"#)
        #expect((answer.status, answer.operation) == (204, .create))
        let data = await world.call(.read, "metadata/x").data
        #expect(data?["current_version"]?.intValue == 0)
        #expect(data?["versions"]?.objectValue?.members.isEmpty == true)
        #expect(await world.call(.write, "metadata/x", #"{"cas_required":true}"#).operation == .update)
        #expect(await world.call(.write, "data/x", #"{"data":{},"options":{"cas":0}}"#).data?["version"]?.intValue == 1)
        #expect(await world.call(.write, "metadata", #"{"max_versions":1}"#).errors == ["missing path"])
    }

    @Test(arguments: [KeyValueWorld.Verb.write, .patch])
    func warnsWhenTheMountRequiresCheckAndSet(verb: KeyValueWorld.Verb) async {
        let world = KeyValueWorld()
        await world.call(.write, "metadata/x", #"{"max_versions":1}"#)
        #expect(await world.call(verb, "metadata/x", #"{"cas_required":false}"#).status == 204)
        await world.call(.write, "config", #"{"cas_required":true}"#)
        let answer = await world.call(verb, "metadata/x", #"{"cas_required":false}"#)
        #expect(answer.status == 200)
        #expect(
            answer.warnings == [
                #""cas_required" set to false, but is mandated by backend config. This value will be ignored."#
            ])
        #expect(await world.call(verb, "metadata/x", #"{"cas_required":true}"#).status == 204)
        #expect(await world.call(verb, "metadata/x", #"{"max_versions":2}"#).status == 204)
    }

    @Test func aPatchChangesOnlyWhatItNames() async {
        let world = KeyValueWorld()
        let missing = await world.call(.patch, "metadata/x", #"{"max_versions":6}"#)
        #expect(missing.errors == [])
        await world.call(
            .write, "metadata/x",
            #"{"max_versions":5,"cas_required":true,"delete_version_after":9,"custom_metadata":{"a":"1","b":"2"}}"#)
        let patch = #"{"max_versions":6,"custom_metadata":{"a":null,"c":3}}"#
        #expect(await world.call(.patch, "metadata/x", patch).status == 204)
        var data = await world.call(.read, "metadata/x").data
        #expect(data?["max_versions"]?.intValue == 6)
        #expect(data?["cas_required"]?.boolValue == true)
        #expect(data?["delete_version_after"]?.stringValue == "9s")
        #expect(data?["custom_metadata"]?.objectValue?.members.map(\.name) == ["b", "c"])
        let reset = #"{"max_versions":null,"delete_version_after":null,"custom_metadata":null}"#
        #expect(await world.call(.patch, "metadata/x", reset).status == 204)
        data = await world.call(.read, "metadata/x").data
        #expect(data?["max_versions"]?.intValue == 0)
        #expect(data?["cas_required"]?.boolValue == true)
        #expect(data?["delete_version_after"]?.stringValue == "0s")
        #expect(data?["custom_metadata"]?.kind == .null)
        #expect(await world.call(.patch, "metadata/x", "{}").status == 204)
    }

    @Test func deletionForgetsEverything() async {
        let world = KeyValueWorld()
        for _ in 0..<12 { await world.call(.write, "data/x", #"{"data":{}}"#) }
        #expect(await world.call(.delete, "metadata/x").status == 204)
        #expect(await world.call(.delete, "metadata/x").status == 204)
        #expect(await world.call(.read, "metadata/x").status == 404)
        #expect(world.store.count(KeyValueKinds.metadata) == 0)
        #expect(world.store.count(KeyValueKinds.versions) == 0)
        #expect(await world.call(.write, "data/x", #"{"data":{}}"#).data?["version"]?.intValue == 1)
    }

    @Test func notesAreReplacedAsAWholeAndShownEverywhere() async {
        let world = KeyValueWorld()
        await world.call(.write, "metadata/x", #"{"custom_metadata":{"owner":"me","n":1,"yes":true}}"#)
        let notes = #"{"owner":"me","n":"1","yes":"1"}"#
        #expect(await world.call(.write, "data/x", #"{"data":{}}"#).text.contains(#""custom_metadata":\#(notes)"#))
        for path in ["data/x", "metadata/x", "subkeys/x"] {
            #expect(await world.call(.read, path).text.contains(#""custom_metadata":\#(notes)"#))
        }
        await world.call(.write, "metadata/x", #"{"custom_metadata":{"owner":"you"}}"#)
        await world.call(.write, "metadata/x", #"{"max_versions":3}"#)
        #expect(await world.call(.read, "data/x").text.contains(#""custom_metadata":{"owner":"you"}"#))
        await world.call(.write, "metadata/x", #"{"custom_metadata":{}}"#)
        #expect(await world.call(.read, "data/x").text.contains(#""custom_metadata":null"#))
    }

    static let wrongNotes = [
        "{" + (0..<65).map { #""k\#($0)":"v""# }.joined(separator: ",") + "}",
        #"{"\#(String(repeating: "k", count: 129))":"v"}"#, #"{"":"v"}"#, #"{"k":""}"#, #"{"k":null}"#,
        #"{"k":"\#(String(repeating: "v", count: 513))"}"#, #"{"k\n":"v"}"#, #"{"k":"v\u0007"}"#,
        #"{"k":"a\u00a0b"}"#, #"{"k":{}}"#, #"{"k":["v"]}"#,
    ]

    @Test(arguments: wrongNotes)
    func notesHaveLimits(notes: String) async {
        let world = KeyValueWorld()
        let answer = await world.call(.write, "metadata/x", #"{"custom_metadata":\#(notes)}"#)
        #expect(answer.status == 400)
        #expect(answer.errors?.first?.hasPrefix("custom_metadata validation failed: 1 error occurred:\n\t* ") == true)
        #expect(await world.call(.read, "metadata/x").status == 404)
    }

    @Test func notesMayReachTheirLimits() async {
        let world = KeyValueWorld()
        let text = String(repeating: "\u{E9} ", count: 170) + "é"
        var pairs = (0..<63).map { #""k\#($0)":"\#(text)""# }
        pairs.append(#""\#(String(repeating: "k", count: 128))":"v""#)
        let body = #"{"custom_metadata":{\#(pairs.joined(separator: ","))}}"#
        #expect(text.utf8.count == 512)
        #expect(await world.call(.write, "metadata/x", body).status == 204)
        #expect(await world.call(.read, "metadata/x").data?["custom_metadata"]?.objectValue?.members.count == 64)
        let more = await world.call(.patch, "metadata/x", #"{"custom_metadata":{"another":"1"}}"#)
        #expect(more.errors?.first?.contains("payload must contain at most 64 keys, provided 65") == true)
        let swap = #"{"custom_metadata":{"k0":null,"another":"1"}}"#
        #expect(await world.call(.patch, "metadata/x", swap).status == 204)
    }

    @Test func severalFaultsAreToldTogether() async {
        let answer = await KeyValueWorld().call(.write, "metadata/x", #"{"custom_metadata":{"":"","k":"v"}}"#)
        #expect(
            answer.errors == [
                "custom_metadata validation failed: 2 errors occurred:\n"
                    + "\t* length of key 1 is 0 but must be 0 < len(key) <= 128\n"
                    + "\t* length of value for key 1 is 0 but must be 0 < len(value) <= 512\n\n"
            ])
    }

    @Test func settingsCanBeCheckedAndSet() async {
        let world = KeyValueWorld()
        let write = { (cas: String) in
            await world.call(.write, "metadata/x", #"{"max_versions":3,"metadata_cas":\#(cas)}"#)
        }
        #expect(await write("1").errors == ["metadata_cas must be 0 when creating new metadata"])
        #expect(await write("0").status == 204)
        #expect(await write("0").errors == ["metadata check-and-set parameter does not match the current version"])
        #expect(await write(#""1""#).status == 204)
        #expect(await world.call(.read, "metadata/x").data?["current_metadata_version"]?.intValue == 2)
        await world.call(.write, "config", #"{"metadata_cas_required":true}"#)
        #expect(
            await world.call(.patch, "metadata/x", #"{"max_versions":1}"#).errors
                == ["metadata check-and-set parameter required for this call"])
        #expect(await write("2").status == 204)
    }

    @Test(arguments: [
        #"{"max_versions":-1}"#, #"{"max_versions":4294967296}"#, #"{"delete_version_after":-1}"#,
        #"{"delete_version_after":"-5m"}"#, #"{"cas_required":"x"}"#, #"{"custom_metadata":"x"}"#,
        #"{"metadata_cas":"x","max_versions":1}"#,
    ])
    func refusesWhatItCannotHold(body: String) async {
        let world = KeyValueWorld()
        let answer = await world.call(.write, "metadata/x", body)
        #expect(answer.errors?.first?.hasPrefix("Field validation failed: ") == true)
        #expect(world.store.commitCount == 0)
    }
}
