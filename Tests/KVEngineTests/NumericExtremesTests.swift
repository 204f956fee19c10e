import EngineKit
import Notation
import Testing

/// Every numeric field with values at and beyond the ends of every number type: the answer is an error or a success,
/// and the process lives.
@Suite struct NumericExtremesTests {
    static let values = [
        "-1", "0", "2147483648", "4294967296", "9007199254740992", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e30", "-1e30", "1e400", "-1e400",
        "1e-400", "0.5", #""9223372036854775807h""#, #""-9223372036854775808s""#, #""NaN""#, #""inf""#, #""-0""#,
        #""0x7fffffffffffffff""#, #""\#(String(repeating: "9", count: 50_000))""#, "true", "null", "[]", "{}", #"" ""#,
        #""1e18""#, #""٣""#,
    ]

    static let writes: [(verb: KeyValueWorld.Verb, path: String, field: String)] = [
        (.write, "config", "max_versions"), (.write, "config", "delete_version_after"),
        (.write, "metadata/x", "max_versions"), (.write, "metadata/x", "delete_version_after"),
        (.patch, "metadata/x", "max_versions"), (.write, "metadata/x", "metadata_cas"),
        (.write, "delete/x", "versions"), (.write, "undelete/x", "versions"), (.write, "destroy/x", "versions"),
        (.write, "rollback/x", "version"), (.write, "rollback/x", "cas"), (.write, "copy/x", "cas"),
        (.write, "delete-tree/f", "limit"), (.read, "data/x", "version"), (.read, "subkeys/x", "version"),
        (.read, "subkeys/x", "depth"), (.read, "diff/x", "from"), (.read, "diff/x", "to"), (.read, "data-diff/x", "to"),
        (.list, "metadata/", "limit"), (.scan, "metadata/", "limit"), (.list, "detailed-metadata/", "limit"),
    ]

    @Test(arguments: values)
    func neverTrap(value: String) async {
        let world = KeyValueWorld()
        for (verb, path, field) in Self.writes {
            for _ in 0..<2 { await world.call(.write, "data/x", #"{"data":{}}"#) }
            var fields = ["version": "1", "to": #""y""#, "max_versions": "3"]
            if verb == .read { fields = [:] }
            fields[field] = value
            let body = fields.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",")
            let answer = await world.call(verb, path, "{\(body)}", at: 1)
            #expect([200, 204, 400, 404].contains(answer.status), "\(path) \(field)")
            #expect(await world.call(.read, "metadata/x").status == 200)
        }
    }

    @Test(arguments: values)
    func checkAndSetNeverTraps(value: String) async {
        let world = KeyValueWorld()
        for verb in [KeyValueWorld.Verb.write, .patch] {
            let answer = await world.call(verb, "data/x", #"{"data":{},"options":{"cas":\#(value)}}"#)
            #expect([200, 400, 404].contains(answer.status))
        }
    }

    @Test func deepValuesAreHandled() async {
        let depth = 60
        let deep = String(repeating: #"{"a":"#, count: depth) + "{}" + String(repeating: "}", count: depth)
        let world = KeyValueWorld()
        for _ in 0..<2 { await world.call(.write, "data/x", #"{"data":\#(deep)}"#) }
        #expect(await world.call(.patch, "data/x", #"{"data":\#(deep)}"#).status == 200)
        for path in ["subkeys/x", "diff/x", "data-diff/x", "data/x"] {
            #expect(await world.call(.read, path).status == 200)
        }
    }
}
