import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct ReceiptTests {
    private func world(percent: Int = 60) throws -> FlagWorld {
        var world = FlagWorld()
        try world.segment("beta", #"{"include":["x"]}"#)
        try world.flag(
            "f",
            #"{"on":true,"rules":[{"if":[{"segment":"beta"}],"serve":{"variation":"on"}}],"fallthrough":{"percent":\#(percent),"variation":"on"}}"#
        )
        return world
    }

    private func receipt(_ set: FlagSet, _ body: EvaluationContext) throws -> EvaluationReceipt {
        let evaluation = set.evaluate("f", context: body, now: FlagWorld.now)
        return try #require(EvaluationReceipt(evaluation, in: set, context: body, now: FlagWorld.now))
    }

    @Test func comesBackFromItsText() throws {
        let body = try context(#"{"targetingKey":"u2"}"#)
        let receipt = try receipt(try world().set, body)
        let read = try EvaluationReceipt(parsing: receipt.text)
        #expect(text(read.json) == text(receipt.json))
        #expect(
            text(read.json)
                == #"{"assigned":false,"bucket":65786,"context":"\#(body.digest.hexadecimal)","definition_version":1,"#
                + #""environment":"test","error":null,"flag":"f","reason":"SPLIT","revision":1,"segments":{"beta":1},"#
                + #""state_version":1,"time":"2027-01-15T08:00:00Z","variation":"off"}"#)
        #expect(
            receipt.text.utf8.allSatisfy {
                $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/")
            })
    }

    @Test func isTheSameWhenRepeated() throws {
        for id in 0..<200 {
            let body = try context(#"{"targetingKey":"id-\#(id)"}"#)
            let first = try receipt(try world().set, body)
            #expect(first.replay(in: try world().set, context: body).isSame)
        }
    }

    @Test func tellsWhatDiffers() throws {
        let body = try context(#"{"targetingKey":"u2"}"#)
        let receipt = try receipt(try world().set, body)
        let other = receipt.replay(in: try world().set, context: try context(#"{"targetingKey":"u1"}"#))
        #expect(!other.isSame && other.hasOtherContext && !other.hasOtherVariation)
        let wider = receipt.replay(in: try world(percent: 70).set, context: body)
        #expect(!wider.isSame && !wider.hasOtherContext && wider.hasOtherVariation)
        #expect(
            text(wider.json) == #"{"same":false,"differences":[{"path":"variation","from":"off","to":"on"}]}"#)
        let gone = receipt.replay(in: FlagWorld().set, context: body)
        #expect(gone.differences.map(\.path) == ["flag"])
        let later = try world().set.applying(
            FlagSetChange(segments: [SegmentSource(name: "beta", segment: Segment(include: ["x"]), version: 2)]),
            revision: 9)
        #expect(receipt.replay(in: later, context: body).differences.map(\.path) == ["segments.beta"])
    }

    @Test func recordsErrorsAndDefaultsToo() throws {
        var world = FlagWorld()
        try world.flag("f", #"{"on":true,"fallthrough":{"percent":50,"variation":"on"}}"#)
        let missing = try receipt(world.set, try context("{}"))
        let read = try EvaluationReceipt(parsing: missing.text)
        #expect(read.errorCode == .targetingKeyMissing && read.variation == nil && read.bucket == nil)
        let unknown = world.set.evaluate("none", context: try context("{}"), now: FlagWorld.now)
        #expect(EvaluationReceipt(unknown, in: world.set, context: try context("{}"), now: FlagWorld.now) == nil)
    }

    @Test(arguments: ["", "!", "e30", "bm90", "eyJmbGFnIjoxfQ", String(repeating: "A", count: 70_000)])
    func refusesWhatIsNone(text: String) {
        #expect(throws: ModelError.self) { try EvaluationReceipt(parsing: text) }
    }
}
