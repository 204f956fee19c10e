import EngineKit
import Notation
import Testing

@Suite struct VersionWindowTests {
    private func numbers(_ world: KeyValueWorld, _ path: String) async -> [Int] {
        let members = await world.call(.read, "metadata/\(path)").data?["versions"]?.objectValue?.members ?? []
        return members.compactMap { Int($0.name) }
    }

    private func write(_ world: KeyValueWorld, _ path: String, times: Int) async {
        for _ in 0..<times { await world.call(.write, "data/\(path)", #"{"data":{}}"#) }
    }

    @Test func keepsTenVersionsUnlessToldOtherwise() async {
        let world = KeyValueWorld()
        for number in 1...12 {
            await write(world, "x", times: 1)
            let data = await world.call(.read, "metadata/x").data
            #expect(data?["current_version"]?.intValue == number)
            #expect(data?["oldest_version"]?.intValue == (number < 10 ? 0 : number - 9))
        }
        #expect(await numbers(world, "x") == Array(3...12))
        #expect(await world.call(.read, "data/x", #"{"version":2}"#).errors == [])
        #expect(world.store.count(KeyValueKinds.versions) == 10)
    }

    @Test(arguments: [(2, 3, 3), (5, 3, 5), (0, 3, 3), (2, 0, 2), (1, 0, 1), (0, 1, 1)])
    func theLargerLimitCounts(own: Int, mount: Int, kept: Int) async {
        let world = KeyValueWorld()
        await world.call(.write, "config", #"{"max_versions":\#(mount)}"#)
        await world.call(.write, "metadata/x", #"{"max_versions":\#(own)}"#)
        await write(world, "x", times: 8)
        #expect(await numbers(world, "x") == Array((9 - kept)...8))
        #expect(world.store.count(KeyValueKinds.versions) == kept)
    }

    @Test func aLowerLimitTrimsOnTheNextWrite() async {
        let world = KeyValueWorld()
        await write(world, "x", times: 6)
        await world.call(.write, "metadata/x", #"{"max_versions":2}"#)
        #expect(await numbers(world, "x") == Array(1...6))
        await write(world, "x", times: 1)
        #expect(await numbers(world, "x") == [6, 7])
        #expect(world.store.count(KeyValueKinds.versions) == 2)
        await world.call(.write, "metadata/x", #"{"max_versions":4}"#)
        await write(world, "x", times: 3)
        #expect(await numbers(world, "x") == Array(7...10))
    }
}
