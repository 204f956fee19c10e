import Testing

@testable import vaultcli

@Suite struct ServerEventsTests {
    private static let stream =
        ": alive\n\nid: 7\nevent: change\ndata: {\"a\":1}\n\n: alive\n\r\nevent:refetch\r\ndata:x\r\ndata: y\r\n\r\n"
        + "data\rid: 9\r\revent: lost"

    @Test(arguments: 1...12) func eventsAreTheSameHoweverTheStreamIsCut(size: Int) {
        var parser = ServerEventParser()
        var events: [ServerEvent] = []
        var rest = Array(Self.stream.utf8)[...]
        while !rest.isEmpty {
            events += parser.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(
            events == [
                ServerEvent(name: "change", id: "7", data: #"{"a":1}"#),
                ServerEvent(name: "refetch", id: "7", data: "x\ny"), ServerEvent(name: "message", id: "9", data: ""),
            ])
    }

    @Test func whatIsTooLargeIsGivenUp() {
        var parser = ServerEventParser()
        #expect(parser.take([UInt8](repeating: 0x61, count: 1024 * 1024)).isEmpty)
        #expect(!parser.isOversized)
        _ = parser.take([0x61])
        #expect(parser.isOversized)
    }
}
