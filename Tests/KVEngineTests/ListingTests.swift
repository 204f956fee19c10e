import EngineKit
import Notation
import Testing

@Suite struct ListingTests {
    private func keys(_ answer: Answer) -> [String] {
        answer.data?["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func world(_ paths: [String]) async -> KeyValueWorld {
        let world = KeyValueWorld()
        for path in paths { await world.call(.write, "data/\(path)", #"{"data":{}}"#) }
        return world
    }

    @Test func showsOneLevelSortedByBytesAndNothingElse() async {
        let world = await world(["b", "a", "a/x", "a/y/z", "B", "c/d", "Z/1", "\u{E9}", "a-"])
        let top = await world.call(.list, "metadata/")
        #expect(top.text == #"{"keys":["B","Z/","a","a-","a/","b","c/","é"]}"#)
        #expect(keys(await world.call(.list, "metadata/a/")) == ["x", "y/"])
        await world.call(.delete, "data/b")
        #expect(keys(await world.call(.list, "metadata/")).contains("b"))
        await world.call(.delete, "metadata/a/y/z")
        #expect(keys(await world.call(.list, "metadata/a/")) == ["x"])
    }

    @Test(arguments: ["metadata/", "metadata/none/", "detailed-metadata/"])
    func listingNothingIs404AndScanningNothingIsEmpty(path: String) async {
        let world = KeyValueWorld()
        #expect(await world.call(.list, path).errors == [])
        #expect(await world.call(.list, path).status == 404)
        #expect(await world.call(.scan, path).text == "{}")
        #expect(await world.call(.scan, path).status == 200)
    }

    @Test func scanShowsAllPathsBelow() async {
        let world = await world(["a", "a/x", "a/y/z", "b/c"])
        #expect(keys(await world.call(.scan, "metadata/")) == ["a", "a/x", "a/y/z", "b/c"])
        #expect(keys(await world.call(.scan, "metadata/a/")) == ["x", "y/z"])
        #expect(keys(await world.call(.scan, "metadata/", #"{"after":"a/x","limit":"1"}"#)) == ["a/y/z"])
    }

    @Test(arguments: [
        (#"{"limit":"3"}"#, "012"), (#"{"after":"2","limit":"3"}"#, "345"), (#"{"after":"5","limit":3}"#, "6"),
        (#"{"after":"5","limit":"0"}"#, "6"), (#"{"limit":"-1"}"#, "0123456"), (#"{"after":"25"}"#, "3456"),
        (#"{"after":"","limit":""}"#, "0123456"), (#"{"limit":"9223372036854775807"}"#, "0123456"),
    ])
    func pagesByAfterAndLimit(query: String, expected: String) async {
        let world = await world((0..<7).map { "p/\($0)" })
        #expect(keys(await world.call(.list, "metadata/p/", query)).joined() == expected)
        #expect(keys(await world.call(.list, "detailed-metadata/p/", query)).joined() == expected)
        #expect(await world.call(.list, "metadata/p/", #"{"limit":"x"}"#).status == 400)
    }

    @Test func detailsHoldEachSecretsMetadata() async {
        let world = await world(["f/a", "f/b", "f/b/c"])
        let one = await world.call(.read, "metadata/f/a").text
        let answer = await world.call(.list, "detailed-metadata/f/")
        #expect(answer.text == #"{"key_info":{"a":\#(one),"b":\#(one),"b/":{}},"keys":["a","b","b/"]}"#)
        let all = await world.call(.scan, "detailed-metadata/")
        #expect(keys(all) == ["f/a", "f/b", "f/b/c"])
        #expect(all.data?["key_info"]?["f/b/c"]?["current_version"]?.intValue == 1)
    }
}
