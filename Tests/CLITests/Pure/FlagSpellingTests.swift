import ArgumentParser
import Foundation
import Testing

@testable import vaultcli

@Suite struct FlagSpellingTests {
    @Test(arguments: [
        (["kv", "get", "-help"], ["kv", "get", "--help"]),
        (["kv", "get", "-h"], ["kv", "get", "--help"]),
        (["-version"], ["version"]), (["--version"], ["version"]),
        (["kv", "get", "-version=1", "a"], ["kv", "get", "-version=1", "a"]),
        (["x", "-orphan=true"], ["x", "-orphan"]), (["x", "--orphan=1"], ["x", "-orphan"]),
        (["x", "-orphan=false"], ["x"]), (["x", "-orphan=maybe"], ["x", "-orphan=maybe"]),
        (["x", "-renewable"], ["x", "--renewable=true"]), (["x", "-renewable=f"], ["x", "--renewable=false"]),
        (["x", "-mount=", "a"], ["x", "a"]), (["x", "-mount", "", "a"], ["x", "a"]),
        (["x", "--ttl=", "a"], ["x", "a"]),
        (["x", "-description=", "a"], ["x", "-description=", "a"]), (["x", "-cas=", "a"], ["x", "-cas=", "a"]),
        (["x", "--", "-mount="], ["x", "--", "-mount="]), (["x", "", "a="], ["x", "", "a="]),
        (["x", "--", "-orphan=false"], ["x", "--", "-orphan=false"]),
        (["x", "a=-orphan=false", "-"], ["x", "a=-orphan=false", "-"]),
    ])
    func bringsGosSpellingsIntoTheParsers(words: [String], normalized: [String]) {
        #expect(FlagSpelling.normalized(words) == normalized)
    }

    /// A flag missing in the table would refuse `-flag=true`, which scripts for Vault's tool write.
    @Test func tableHoldsEveryFlagOfEveryCommand() {
        var missing: Set<String> = []
        var commands: [any ParsableCommand.Type] = [VaultCLI.self]
        while let command = commands.popLast() {
            commands += command.configuration.subcommands
            commands += command.configuration.groupedSubcommands.flatMap(\.subcommands)
            missing.formUnion(Self.flags(of: command).subtracting(FlagSpelling.plain))
        }
        #expect(missing.isEmpty)
    }

    @Test(arguments: [
        ["-field=version", "x"], ["--field=version", "x"], ["-field", "version", "x"], ["--field", "version", "x"],
        ["x", "-field", "version"],
    ])
    func bothDashFormsAndBothPlacesParse(words: [String]) throws {
        let command = try #require(try VaultCLI.parseAsRoot(FlagSpelling.normalized(["read"] + words)) as? Read)
        #expect(command.output.field == "version")
    }

    @Test func aliasesAndLoneDashParse() throws {
        let command = try #require(try VaultCLI.parseAsRoot(["write", "-f", "-ns", "a", "x", "-"]) as? Write)
        #expect(command.connection.namespace == "a")
    }

    /// The flags that take no value, as the parser's own description of a command lists them.
    private static func flags(of command: any ParsableCommand.Type) -> Set<String> {
        guard let description = try? JSONSerialization.jsonObject(with: Data(command._dumpHelp().utf8)),
            let tool = (description as? [String: Any])?["command"] as? [String: Any],
            let arguments = tool["arguments"] as? [[String: Any]]
        else { return ["the description of \(command) cannot be read"] }
        let names = arguments.filter { $0["kind"] as? String == "flag" }
            .flatMap { $0["names"] as? [[String: Any]] ?? [] }
            .filter { $0["kind"] as? String == "long" }
            .compactMap { $0["name"] as? String }
        return Set(names).subtracting(["help", "version"])
    }
}
