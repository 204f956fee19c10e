import Foundation
import Notation
import Testing

@testable import vaultcli

@Suite struct InputTests {
    private func parse(_ words: [String], input: String = "") throws(Failure) -> String {
        let console = Console(
            write: { _, _ in }, isTerminal: { _ in false }, readInput: { Array(input.utf8) },
            readHidden: { (_) throws(Failure) in throw .usage("nobody is there") })
        let object = try KeyValueInput.parse(words, console)
        return String(decoding: JSON.object(object).serialized(), as: UTF8.self)
    }

    @Test(arguments: [
        (["a=1"], #"{"a":"1"}"#), (["a="], #"{"a":""}"#), (["a=b=c"], #"{"a":"b=c"}"#),
        (["a=1", "a=2", "a=3"], #"{"a":["1","2","3"]}"#), ([#"a=\@x"#], #"{"a":"@x"}"#),
        (["a=\u{e9}"], "{\"a\":\"\u{e9}\"}"),
    ])
    func pairsAreTexts(words: [String], json: String) throws {
        #expect(try parse(words) == json)
    }

    @Test func standardInputIsAValueOrAnObject() throws {
        #expect(try parse(["a=-"], input: "x\n") == #"{"a":"x\n"}"#)
        #expect(try parse(["-"], input: #"{"n":1.50,"o":{}}"#) == #"{"n":1.50,"o":{}}"#)
    }

    @Test func filesAreValuesOrObjects() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "vaultcli-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try #"{"k":[true]}"#.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try parse(["@\(path)"]) == #"{"k":[true]}"#)
        #expect(try parse(["a=@\(path)"]) == #"{"a":"{\"k\":[true]}"}"#)
    }

    @Test(arguments: [["a"], ["=a"], ["-"], ["@/nonexistent/file"], ["a=@/nonexistent/file"], ["a=-", "b=-"]])
    func wrongFormsAreRefused(words: [String]) {
        #expect(throws: Failure.self) { try parse(words, input: "[1]") }
    }

    @Test func aWordThatIsNoPairIsNotRepeated() {
        #expect {
            try parse(["hunter2"])
        } throws: { !(($0 as? Failure)?.message.contains("hunter2") ?? true) }
    }
}
