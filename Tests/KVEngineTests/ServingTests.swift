import EngineKit
import Notation
import Testing

@testable import KVEngine

@Suite struct ServingTests {
    private let world = KeyValueWorld()

    /// The number in a secret's data, as somebody reads it.
    private func number(_ instance: String = "", version: Int? = nil) async -> String {
        let query = version.map { #"{"version":\#($0)}"# } ?? ""
        let answer = await world.call(.read, "data/x", query, as: instance.isEmpty ? nil : instance)
        return answer.data?["data"]?["n"].map { String(decoding: $0.serialized(), as: UTF8.self) } ?? "\(answer.status)"
    }

    private func write(_ number: Int, options: String = "{}") async -> Answer {
        await world.call(.write, "data/x", #"{"data":{"n":\#(number)},"options":\#(options)}"#)
    }

    private func instances(_ count: Int = 400) -> [String] { (0..<count).map { "web-\($0)" } }

    private func share(of wanted: String) async -> Int {
        var count = 0
        for instance in instances() where await number(instance) == wanted { count += 1 }
        return count
    }

    private func begin(percent: Int = 25) async {
        _ = await write(1)
        _ = await write(2, options: #"{"canary":{"percent":\#(percent)}}"#)
    }

    @Test func aShareOfTheInstancesGetsTheCandidateAndAllOthersTheStableVersion() async {
        await begin()
        #expect(await number() == "1")
        #expect((60...140).contains(await share(of: "2")))
        #expect(await number(version: 2) == "2")
        let metadata = await world.call(.read, "metadata/x").data
        #expect(metadata?["current_version"]?.intValue == 2)
        #expect(metadata?["serving"]?["stable"]?.intValue == 1)
    }

    @Test func whoHasTheCandidateKeepsItWhileTheShareGrows() async {
        await begin(percent: 10)
        var before: [String] = []
        for instance in instances() where await number(instance) == "2" { before.append(instance) }
        #expect(await world.call(.write, "serving/x", #"{"percent":50}"#).status == 200)
        for instance in before { #expect(await number(instance) == "2") }
        #expect(await share(of: "2") > before.count)
    }

    @Test func theInstancesAreThoseOfTheDocumentedBucket() async {
        await begin(percent: 30)
        for instance in instances(50) {
            let isMeant = BucketHash.blake2b.bucket(salt: "x:2", value: instance) < 30_000
            #expect(await number(instance) == (isMeant ? "2" : "1"))
        }
    }

    @Test func whatIsWrittenMeanwhileIsForNobody() async {
        await begin(percent: 100)
        _ = await write(3)
        #expect(await number() == "1")
        #expect(await number("web-1") == "2")
        #expect(await world.call(.delete, "serving/x", #"{"version":2}"#).status == 400)
        #expect(await world.call(.delete, "serving/x", #"{"version":3}"#).status == 204)
        #expect(await number() == "3")
        #expect(await world.call(.read, "serving/x").status == 404)
    }

    @Test func droppingTheCandidateLeavesTheStableVersion() async {
        await begin(percent: 100)
        #expect(await world.call(.write, "serving/x", #"{"candidate":0}"#).data?["candidate"]?.kind == .null)
        #expect(await number("web-1") == "1")
    }

    @Test func thePromotedVersionIsForEveryone() async {
        await begin()
        #expect(await world.call(.write, "serving/x", #"{"promote":2}"#).data?["stable"]?.intValue == 2)
        #expect(await number() == "2")
        #expect(await world.call(.read, "serving/x").status == 404)
    }

    @Test func aPromotionLetsNothingNewerLoose() async {
        await begin()
        let warned = await write(3)
        #expect(
            warned.warnings == [
                "readers get version 1, some instances 2, and not this one until serving/… says otherwise"
            ])
        let answer = await world.call(.write, "serving/x", #"{"promote":2}"#).data
        #expect((answer?["stable"]?.intValue, answer?["candidate"]?.kind) == (2, .null))
        #expect(await number() == "2")
    }

    @Test func onlyWhatIsTriedAndThereIsPromoted() async {
        await begin()
        for wrong in [#"{"promote":1}"#, #"{"promote":3}"#, #"{"promote":2,"percent":5}"#] {
            #expect(await world.call(.write, "serving/x", wrong).status == 400)
        }
        await world.call(.write, "delete/x", #"{"versions":[2]}"#)
        let gone = await world.call(.write, "serving/x", #"{"promote":2}"#)
        #expect(gone.errors == ["promote: version 2 is not there to be served"])
        #expect(await number() == "1")
    }

    @Test func aReaderOfAnotherVersionIsToldTheNewest() async {
        await begin(percent: 100)
        let metadata = await world.call(.read, "data/x").data?["metadata"]
        #expect((metadata?["version"]?.intValue, metadata?["current_version"]?.intValue) == (1, 2))
        #expect(await world.call(.read, "data/x", as: "web-1").data?["metadata"]?["current_version"] == nil)
        #expect(await world.call(.read, "data/x", #"{"version":1}"#).data?["metadata"]?["current_version"] == nil)
    }

    @Test func subkeysAreThoseOfTheVersionThatIsServed() async {
        await world.call(.write, "data/x", #"{"data":{"old":1}}"#)
        await world.call(.write, "data/x", #"{"data":{"new":1},"options":{"canary":{"percent":100}}}"#)
        #expect(await world.call(.read, "subkeys/x").data?["subkeys"]?["old"] != nil)
        #expect(await world.call(.read, "subkeys/x", as: "web-1").data?["subkeys"]?["new"] != nil)
    }

    @Test func aPatchIsMadeToTheNewestAndCanBeTriedToo() async {
        await begin(percent: 100)
        await world.call(.write, "serving/x", #"{"candidate":0}"#)
        let patch = #"{"data":{"m":1},"options":{"canary":{"percent":100}}}"#
        #expect(await world.call(.patch, "data/x", patch).status == 200)
        #expect(await number() == "1")
        #expect(await world.call(.read, "data/x", as: "web-1").data?["data"]?["n"]?.intValue == 2)
        #expect(await world.call(.read, "data/x", as: "web-1").data?["data"]?["m"]?.intValue == 1)
    }

    @Test func settingsOfTheSecretLeaveItAsItIs() async {
        await begin()
        await world.call(.write, "metadata/x", #"{"custom_metadata":{"owner":"ana"},"max_versions":4}"#)
        #expect(await number() == "1")
        #expect(await world.call(.read, "serving/x").data?["candidate"]?.intValue == 2)
    }

    @Test func aSecretThatWasDeletedAndWrittenAgainIsReadAgain() async {
        await begin()
        await world.call(.delete, "data/x")
        #expect(await write(3).warnings.isEmpty)
        #expect(await number() == "3")
        #expect(await world.call(.read, "serving/x").status == 404)
    }

    @Test func aCandidateThatFallsOutIsTriedNoMore() async {
        await world.call(.write, "metadata/x", #"{"max_versions":3}"#)
        await begin(percent: 100)
        _ = await write(3)
        await world.call(.write, "serving/x", #"{"stable":3}"#)
        await world.call(.write, "serving/x", #"{"candidate":1,"percent":100}"#)
        _ = await write(4)
        #expect(await world.call(.read, "serving/x").data?["candidate"]?.kind == .null)
        #expect(await number("web-1") == "3")
    }

    @Test func whatIsAmissWithOneVersionDoesNotKeepTheOtherFromBeingNamed() async {
        await begin()
        await world.call(.write, "delete/x", #"{"versions":[1]}"#)
        #expect(await world.call(.write, "serving/x", #"{"candidate":0}"#).status == 200)
        #expect(await world.call(.write, "serving/x", #"{"stable":2}"#).status == 200)
        #expect(await number() == "2")
    }

    @Test func anotherCanaryBeginsWithTheUsualBoundAndKeepsWhatWasTakenBack() async {
        _ = await write(1)
        _ = await write(2, options: #"{"canary":{"percent":5,"max_error_percent":50}}"#)
        await world.call(.write, "outcomes/x", #"{"version":2,"errors":1000000000}"#)
        _ = await write(3, options: #"{"canary":{"percent":5}}"#)
        let serving = await world.call(.read, "serving/x").data
        #expect(serving?["max_error_percent"]?.intValue == 1)
        #expect(serving?["dropped"]?["version"]?.intValue == 2)
    }

    @Test func whoWritesValuesOnlyCannotSayWhatIsServed() async {
        await begin()
        var writer = world
        writer.caller = Caller(
            token: Array("hvs.w".utf8), tokenKey: Array("0b".utf8), tokenType: .service, isRoot: false, hasSudo: false)
        let body = #"{"data":{"n":3},"options":{"canary":{"percent":100}}}"#
        #expect(await writer.call(.write, "data/x", body).status == 500)
        #expect(await world.call(.read, "metadata/x").data?["current_version"]?.intValue == 2)
    }

    @Test func tooManyErrorsTakeTheCandidateBackAtOnce() async {
        await begin(percent: 100)
        let first = await world.call(.write, "outcomes/x", #"{"version":2,"errors":1}"#).data
        #expect(first?["candidate"]?.intValue == 2)
        let second = await world.call(.write, "outcomes/x", #"{"version":2,"errors":1}"#, at: 9).data
        #expect((second?["candidate"]?.kind, second?["dropped"]?["version"]?.intValue) == (.null, 2))
        #expect(second?["dropped"]?["errors"]?.intValue == 2)
        #expect(await number("web-1") == "1")
        #expect(await world.call(.read, "serving/x").data?["dropped"]?["version"]?.intValue == 2)
    }

    @Test func anOutageOfAllIsNotHeldAgainstTheCandidate() async {
        await begin(percent: 100)
        await world.call(.write, "outcomes/x", #"{"version":1,"successes":10,"errors":10}"#)
        let answer = await world.call(.write, "outcomes/x", #"{"version":2,"successes":5,"errors":5}"#).data
        #expect(answer?["candidate"]?.intValue == 2)
    }

    @Test func oneErrorOfTheStableVersionExcusesLittle() async {
        await begin(percent: 100)
        await world.call(.write, "outcomes/x", #"{"version":1,"errors":1}"#)
        let answer = await world.call(.write, "outcomes/x", #"{"version":2,"errors":5}"#).data
        #expect(answer?["candidate"]?.kind == .null)
    }

    @Test func aVersionThatIsTriedAgainWasNotTakenBackAnyMore() async {
        await begin()
        await world.call(.write, "outcomes/x", #"{"version":2,"errors":5}"#)
        let again = await world.call(.write, "serving/x", #"{"candidate":"2","percent":"2.5"}"#).data
        #expect((again?["candidate"]?.intValue, again?["dropped"]?.kind) == (2, .null))
    }

    @Test func takingBackWhatIsNotTriedLeavesTheCounts() async {
        _ = await write(1)
        await world.call(.write, "serving/x", #"{"stable":1}"#)
        await world.call(.write, "outcomes/x", #"{"version":1,"successes":7}"#)
        let answer = await world.call(.write, "serving/x", #"{"candidate":0}"#, at: 9).data
        #expect(answer?["outcomes"]?["1"]?["successes"]?.intValue == 7)
    }

    @Test func outcomesOfOtherVersionsAreNotCounted() async {
        await begin()
        let answer = await world.call(.write, "outcomes/x", #"{"version":7,"errors":100}"#)
        #expect(answer.warnings == ["version 7 is not among those served; nothing was counted"])
        #expect(await world.call(.read, "serving/x").data?["outcomes"]?["2"]?["errors"]?.intValue == 0)
    }

    @Test func anotherCandidateIsCountedAnew() async {
        await begin()
        await world.call(.write, "outcomes/x", #"{"version":2,"successes":7}"#)
        _ = await write(3, options: #"{"canary":{"percent":5}}"#)
        let outcomes = await world.call(.read, "serving/x").data?["outcomes"]
        #expect(outcomes?["3"]?["successes"]?.intValue == 0)
        #expect(outcomes?["2"] == nil)
        #expect(outcomes?["1"]?["successes"]?.intValue == 0)
    }

    @Test func aWriteThatWouldPushTheStableVersionOutIsRefused() async {
        await world.call(.write, "metadata/x", #"{"max_versions":2}"#)
        await begin()
        let refused = await write(3)
        #expect(refused.status == 400)
        #expect(refused.errors?.first?.hasPrefix("version 1, which readers get") == true)
        #expect(await number() == "1")
        await world.call(.write, "serving/x", #"{"stable":2}"#)
        #expect(await write(3).status == 200)
        #expect(await number() == "2")
    }

    @Test func aDeletedCandidateIsServedToNobody() async {
        await begin(percent: 100)
        await world.call(.write, "delete/x", #"{"versions":[2]}"#)
        #expect(await number("web-1") == "1")
    }

    @Test func deletingWhatIsReadLeavesNothingToRead() async {
        await begin(percent: 100)
        _ = await write(3)
        await world.call(.delete, "data/x")
        #expect(await number() == "404")
        #expect(await number("web-1") == "404")
    }

    @Test(arguments: [(KeyValueWorld.Verb.delete, "metadata/x", ""), (.write, "move/x", #"{"to":"y"}"#)])
    func whatWasToldGoesWithTheSecret(verb: KeyValueWorld.Verb, path: String, body: String) async {
        await begin()
        await world.call(.write, "outcomes/x", #"{"version":2,"errors":9}"#)
        #expect(await world.call(.read, "serving/x").data?["dropped"]?["version"]?.intValue == 2)
        await world.call(verb, path, body)
        _ = await write(1)
        let answer = await world.call(.write, "serving/x", #"{"stable":1}"#).data
        #expect(answer?["dropped"]?.kind == .null)
    }

    @Test(arguments: ["{}", #"{"candidate":0}"#, #"{"max_error_percent":0.5}"#])
    func nothingIsPinnedByARequestThatNamesNoVersion(body: String) async {
        _ = await write(1)
        #expect(await world.call(.write, "serving/x", body).status == 400)
        #expect(await world.call(.read, "serving/x").status == 404)
    }

    @Test(arguments: [
        ("{}", "percent"), (#"{"candidate":2}"#, "percent"), (#"{"candidate":9,"percent":5}"#, "candidate"),
        (#"{"candidate":1,"percent":5}"#, "candidate"), (#"{"stable":9}"#, "stable"), (#"{"stable":-1}"#, "stable"),
        (#"{"candidate":2,"percent":101}"#, "percent"), (#"{"candidate":2,"percent":0}"#, "percent"),
        (#"{"candidate":2,"percent":5,"max_error_percent":51}"#, "max_error_percent"), (#"{"percent":5}"#, "percent"),
        (#"{"candidate":"two","percent":5}"#, "candidate"), (#"{"colour":5}"#, "colour"),
    ])
    func whatCannotBeServedIsRefusedByItsName(body: String, field: String) async {
        _ = await write(1)
        _ = await write(2)
        // The stable version is the newest unless said otherwise, so another one is named first.
        await world.call(.write, "serving/x", #"{"stable":1}"#)
        let answer = await world.call(.write, "serving/x", body)
        if body == "{}" { return #expect(answer.status == 200) }
        #expect(answer.status == 400)
        #expect(answer.errors?.first?.hasPrefix("\(field): ") == true, "\(answer.errors ?? [])")
    }

    @Test(arguments: ["5", #"{"percent":0}"#, #"{}"#, #"{"percent":5,"stable":1}"#, "[]"])
    func aCanaryThatIsNoneIsRefusedAndNothingWritten(canary: String) async {
        _ = await write(1)
        #expect(await write(2, options: #"{"canary":\#(canary)}"#).status == 400)
        #expect(await world.call(.read, "metadata/x").data?["current_version"]?.intValue == 1)
    }

    @Test func theFirstVersionCannotBeTried() async {
        let answer = await write(1, options: #"{"canary":{"percent":5}}"#)
        #expect(answer.errors == ["options.canary: there is no version yet that all others could get"])
    }

    @Test func copiesServeWhatTheSecretServed() async {
        await begin()
        await world.call(.write, "copy/x", #"{"to":"y"}"#)
        #expect(await world.call(.read, "data/y").data?["data"]?["n"]?.intValue == 1)
    }

    @Test func theStoredFormComesBackAsItWas() throws {
        var metadata = SecretMetadata(createdAt: Timestamp(seconds: 1))
        for number in 1...3 {
            _ = metadata.addVersion(
                byteCount: 1, settings: MountSettings(), now: Timestamp(seconds: Int64(number), nanoseconds: 5))
        }
        metadata.serving = Serving(
            stable: 2, candidate: 3, share: 12_345, allowedErrorShare: 77,
            since: Timestamp(seconds: -9, nanoseconds: 8))
        let bytes = StoredMetadata.encode(metadata)
        let stored = try #require(StoredMetadata(bytes))
        #expect(stored.serving == metadata.serving)
        #expect(stored.metadata.serving == metadata.serving)
        #expect(StoredMetadata.encode(stored.metadata) == bytes)
        for count in 0..<bytes.count { #expect(StoredMetadata(Array(bytes.prefix(count))) == nil) }
        #expect(StoredMetadata(bytes + [0]) == nil)
    }
}
