import EngineKit
import Notation
import Testing

@Suite struct InvalidPathTests {
    @Test(arguments: [
        (KeyValueWorld.Verb.read, "app", "get"), (.write, "app/db", "put"), (.delete, "database", "delete"),
        (.list, "", "list"), (.list, "app/", "list"), (.scan, "", "list"), (.patch, "datax/a", "patch"),
        (.read, "", "get"),
    ])
    func callsOfUnversionedClientsAreExplained(verb: KeyValueWorld.Verb, path: String, command: String) async {
        let answer = await KeyValueWorld().call(verb, path, "{}")
        #expect(answer.status == 404)
        #expect(answer.data?.kind == .null)
        #expect(
            answer.warnings == [
                "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints "
                    + "to use. If using the Vault CLI, use 'vault kv \(command)' for this operation."
            ])
    }

    @Test(arguments: ["data", "data/", "metadata", "metadata/", "delete", "undelete", "destroy"])
    func theTopOfAnAreaIsExplained(path: String) async {
        for verb in [KeyValueWorld.Verb.read, .delete] {
            let answer = await KeyValueWorld().call(verb, path)
            #expect(answer.status == 404)
            #expect(answer.data?.kind == .null)
            #expect(answer.warnings == ["Non-listing operations on the root of a K/V v2 mount are not supported."])
        }
    }

    @Test(arguments: [
        (KeyValueWorld.Verb.list, "data/"), (.scan, "data/x/"), (.delete, "subkeys/x"), (.patch, "delete/x"),
        (.read, "rollback/x"), (.read, "copy/x"), (.write, "diff/x"), (.list, "subkeys/"),
        (.read, "detailed-metadata/"),
    ])
    func knownPathsRefuseUnknownOperations(verb: KeyValueWorld.Verb, path: String) async {
        let answer = await KeyValueWorld().call(verb, path, "{}")
        #expect(answer.status == 405)
        #expect(answer.warnings.isEmpty)
    }
}
