import EngineKit
import Notation
import Testing

@Suite struct ConfigurationTests {
    @Test func hasDefaultsBeforeItIsWritten() async {
        let answer = await KeyValueWorld().call(.read, "config")
        #expect(answer.status == 200)
        #expect(
            answer.text
                == #"{"cas_required":false,"delete_version_after":"0s","max_versions":0,"metadata_cas_required":false}"#
        )
    }

    @Test(arguments: [
        (#""3h25m19s""#, "3h25m19s"), ("1800", "30m0s"), (#""90""#, "1m30s"), (#""-1s""#, "-1s"), ("-50", "-1s"),
        ("0", "0s"), ("null", "0s"), (#""30d""#, "720h0m0s"), ("9223372036", "2562047h47m16s"),
    ])
    func printsTimesAsGoDoes(written: String, shown: String) async {
        let world = KeyValueWorld()
        await world.call(.write, "config", #"{"delete_version_after":"1s"}"#)
        #expect(await world.call(.write, "config", #"{"delete_version_after":\#(written)}"#).status == 204)
        #expect(await world.call(.read, "config").data?["delete_version_after"]?.stringValue == shown)
    }

    @Test func keepsWhatAWriteDoesNotName() async {
        let world = KeyValueWorld()
        await world.call(.write, "config", #"{"max_versions":"7","cas_required":"true","metadata_cas_required":1}"#)
        await world.call(.write, "config", #"{"delete_version_after":"5s"}"#)
        #expect(
            await world.call(.read, "config").text
                == #"{"cas_required":true,"delete_version_after":"5s","max_versions":7,"metadata_cas_required":true}"#)
        await world.call(.write, "config", #"{"cas_required":null,"max_versions":null}"#)
        #expect(
            await world.call(.read, "config").text
                == #"{"cas_required":false,"delete_version_after":"5s","max_versions":0,"metadata_cas_required":true}"#)
    }

    @Test func aWriteThatChangesNothingCommitsNothing() async {
        let world = KeyValueWorld()
        #expect(await world.call(.write, "config", "{}").status == 204)
        #expect(world.store.commitCount == 0)
    }

    @Test(arguments: [
        #"{"max_versions":-1}"#, #"{"max_versions":10001}"#, #"{"max_versions":"x"}"#, #"{"max_versions":[]}"#,
        #"{"cas_required":"maybe"}"#, #"{"delete_version_after":9223372037}"#,
        #"{"delete_version_after":"9223372036854775807h"}"#, #"{"delete_version_after":true}"#,
    ])
    func refusesWhatItCannotHold(body: String) async {
        let world = KeyValueWorld()
        let answer = await world.call(.write, "config", body)
        #expect(answer.status == 400)
        #expect(answer.errors?.first?.hasPrefix("Field validation failed: ") == true)
        #expect(world.store.commitCount == 0)
    }

    @Test(arguments: [KeyValueWorld.Verb.list, .scan, .delete, .patch])
    func knowsReadAndWriteOnly(verb: KeyValueWorld.Verb) async {
        #expect(await KeyValueWorld().call(verb, verb == .list || verb == .scan ? "config/" : "config").status == 405)
    }
}
