import Testing

@testable import vaultcli

@Suite struct RunSourceTests {
    private static let effective = "http://vault.test/v1/config/effective/shop?env=prod&explain=true"

    /// `true` leaves nothing to look at; what the tool says of the values is enough here.
    private static func run(_ words: String..., answers: [String: [(status: Int, body: String)]]) async -> Transcript {
        switch words.count {
        case 1: await Transcript.run("run", words[0], "--", "true", answers: answers)
        case 2: await Transcript.run("run", words[0], words[1], "--", "true", answers: answers)
        default: await Transcript.run("run", words[0], words[1], words[2], "--", "true", answers: answers)
        }
    }

    @Test func refusesWithoutCommandOrValues() async {
        #expect(await Transcript.run("run", "-secret", "A=s/a#b").status == 1)
        #expect(await Transcript.run("run", "--", "true").status == 1)
        #expect(await Transcript.run("run", "-secret", "A=s/a#b", "true").status == 1)
    }

    @Test func aServerThatIsGoneRefusesTheStart() async {
        let run = await Self.run("-service=shop", "-env=prod", answers: ["GET \(Self.effective)": [(503, "")]])
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("The command is not started without its values: "))
    }

    @Test func aRefusalIsNoOutage() async {
        let run = await Self.run(
            "-service=shop", "-env=prod", "-cache=/nonexistent/x",
            answers: ["GET \(Self.effective)": [(403, #"{"errors":["permission denied"]}"#)]])
        #expect(run.status == 2)
        #expect(run.error.hasPrefix("Error reading the values: "))
    }

    @Test func aMissingFieldIsNamed() async {
        let run = await Self.run(
            "-secret=A=secret/app#pin",
            answers: [
                "GET http://vault.test/v1/sys/internal/ui/mounts/secret/app": [versionedMount],
                "GET http://vault.test/v1/secret/data/app": [(200, #"{"data":{"data":{"x":"y"},"metadata":{}}}"#)],
            ])
        #expect(run.status == 2)
        #expect(run.error == "secret/app has no field pin\n")
    }
}
