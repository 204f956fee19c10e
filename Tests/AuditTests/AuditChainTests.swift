import Audit
import Foundation
import Notation
import Testing
import VaultCrypto

/// The chain of hashes: what was written can be shown to be what is there.
@Suite struct AuditChainTests {
    private func write(_ count: Int, to world: AuditWorld, from first: Int = 0) async throws {
        let broker = try world.broker()
        for index in first..<(first + count) { try await broker.record(.sample("req-\(index)")) }
    }

    @Test func whatWasWrittenIsGood() async throws {
        let world = try AuditWorld()
        try await write(20, to: world)
        var verification = AuditVerification(from: world.beginning, publicKey: world.publicKey)
        for line in try world.lines() { try verification.read(line) }
        try verification.finish()
        #expect(verification.lineCount == 21 && verification.checkpointCount == 1 && verification.unsignedCount == 20)
        #expect(verification.publicKey == world.publicKey && verification.chain?.sequence == 21)
        #expect(AuditVerification.fault(in: try world.lines()) == nil)
    }

    @Test func piecesOfAnyLengthAreTheSame() async throws {
        let world = try AuditWorld()
        try await write(4, to: world)
        let bytes = try world.lines().flatMap { $0 }
        for length in [1, 7, 100, 1_000] {
            var verification = AuditVerification()
            for start in stride(from: 0, to: bytes.count, by: length) {
                try verification.read(bytes[start..<min(start + length, bytes.count)])
            }
            try verification.finish()
            #expect(verification.lineCount == 5)
        }
    }

    @Test func chainGoesOnAfterARestart() async throws {
        let world = try AuditWorld()
        for start in [0, 3, 6] { try await write(3, to: world, from: start) }
        let lines = try world.lines()
        #expect(lines.count == 12)
        #expect(AuditVerification.fault(in: lines, from: world.beginning) == nil)
        let sequences = try lines.map { try JSON(parsing: $0)["chain"]?["seq"]?.intValue }
        #expect(sequences == Array(1...12))
    }

    @Test func chainGoesOnAfterARecordLongerThanAnyBuffer() async throws {
        let world = try AuditWorld()
        let broker = try world.broker()
        let numbers = (0..<60_000).map { String($0) }.joined(separator: ",")
        try await broker.record(.sample(data: "{\"a\":[\(numbers)]}"))
        try await write(1, to: world)
        #expect(AuditVerification.fault(in: try world.lines(), from: world.beginning) == nil)
    }

    @Test func editingAnyLineShowsWhere() async throws {
        let world = try AuditWorld()
        try await write(6, to: world)
        let lines = try world.lines()
        for index in lines.indices {
            for position in 0..<(lines[index].count - 1) {
                var changed = lines
                changed[index][position] ^= 0x01
                let fault = AuditVerification.fault(in: changed)
                // A changed byte may make a line feed, and so two lines of one.
                #expect(fault?.line == index + 1, "byte \(position) of line \(index + 1)")
            }
        }
    }

    @Test func takingOutAnyLineShowsWhere() async throws {
        let world = try AuditWorld()
        try await write(6, to: world)
        let lines = try world.lines()
        for index in lines.indices.dropLast() {
            var changed = lines
            changed.remove(at: index)
            let fault = try #require(AuditVerification.fault(in: changed, from: world.beginning))
            #expect(fault.line == index + 1)
            #expect(
                fault.reason == .sequence(expected: UInt64(index + 1), found: UInt64(index + 2))
                    || index == 0)
            #expect(AuditVerification.fault(in: changed) != nil)
        }
    }

    @Test func swappingAndRepeatingLinesShows() async throws {
        let world = try AuditWorld()
        try await write(6, to: world)
        let lines = try world.lines()
        for index in lines.indices {
            for other in lines.indices where other > index {
                var changed = lines
                changed.swapAt(index, other)
                #expect(AuditVerification.fault(in: changed, from: world.beginning)?.line == index + 1)
            }
            var repeated = lines
            repeated.insert(lines[index], at: index)
            #expect(AuditVerification.fault(in: repeated)?.line == index + 2)
        }
    }

    /// Whoever can write the file can make a chain, but not the signatures.
    @Test func chainMadeBySomebodyElseShowsAtTheCheckpoint() async throws {
        let world = try AuditWorld()
        try await write(3, to: world)
        let seed = [UInt8](repeating: 9, count: 32)
        let forger = try SigningKey(seed: try SecretBytes(copying: seed.span))
        let device = try AuditBroker.OpenDevice(world.entry("forged.log"), signer: forger)
        try await AuditBroker([device]).record(.sample())
        let forged = try world.lines("forged.log")
        #expect(AuditVerification.fault(in: forged) == nil)
        #expect(
            AuditVerification.fault(in: forged, publicKey: world.publicKey)
                == AuditVerification.Fault(line: 1, reason: .publicKey))
        // In one file, the second key shows without knowing the first.
        let again = try AuditBroker.OpenDevice(world.entry(), signer: forger)
        try await AuditBroker([again]).record(.sample())
        #expect(
            AuditVerification.fault(in: try world.lines()) == AuditVerification.Fault(line: 5, reason: .publicKey))
    }

    @Test func forgedCheckpointShows() async throws {
        let world = try AuditWorld()
        try await write(2, to: world)
        let first = try world.lines()[0]
        let text = String(decoding: first.prefix { $0 != 0x0a }, as: UTF8.self)
        let end = try #require(text.range(of: ",\"chain\":"))
        func chained(_ open: String, from start: HashChain) -> [UInt8] {
            var chain = start
            return Array(open.utf8) + chain.append(Array(open.utf8))
        }
        let open = String(text[..<end.lowerBound])
        #expect(chained(open, from: world.beginning) == first)
        let signature = try #require(open.range(of: "\"signature\":\"")).upperBound
        var unsigned = open
        unsigned.replaceSubrange(signature...signature, with: open[signature] == "0" ? "1" : "0")
        #expect(
            AuditVerification.fault(in: [chained(unsigned, from: world.beginning)])
                == AuditVerification.Fault(line: 1, reason: .signature))
        let elsewhere = HashChain(head: world.beginning.head, sequence: 5)
        #expect(
            AuditVerification.fault(in: [chained(open, from: elsewhere)], from: elsewhere)
                == AuditVerification.Fault(line: 1, reason: .checkpoint))
        #expect(
            AuditVerification.fault(
                in: [chained(#"{"type":"checkpoint""#, from: world.beginning)], from: world.beginning)
                == AuditVerification.Fault(line: 1, reason: .checkpoint))
    }

    @Test(arguments: [
        "\n", "{}\n", "[]\n", "null\n", "x\n", #"{"chain":{"seq":1,"hash":"00"}}"# + "\n",
        #"{"a":1,"chain":{"seq":-1,"hash":"00"}}"# + "\n", "{\"a\":1",
    ])
    func otherTextIsNoRecord(text: String) {
        #expect(
            AuditVerification.fault(in: [Array(text.utf8)]) == AuditVerification.Fault(line: 1, reason: .notARecord))
    }

    @Test func fileThatBeginsInTheMiddleNeedsItsBeginning() async throws {
        let world = try AuditWorld()
        try await write(3, to: world)
        let rest = Array(try world.lines().dropFirst())
        #expect(AuditVerification.fault(in: rest) == AuditVerification.Fault(line: 1, reason: .noBeginning))
    }

    @Test func faultStaysAFault() async throws {
        let world = try AuditWorld()
        try await write(1, to: world)
        var verification = AuditVerification()
        #expect(throws: AuditVerification.Fault.self) { try verification.read(Array("x\n".utf8)) }
        for line in try world.lines() { #expect(throws: AuditVerification.Fault.self) { try verification.read(line) } }
        #expect(throws: AuditVerification.Fault.self) { try verification.finish() }
    }

    @Test func recordThatWasRefusedLeavesNoGap() async throws {
        let world = try AuditWorld()
        let device = ScriptedDevice(.take)
        let broker = AuditBroker([
            try AuditBroker.OpenDevice(world.entry("none.log"), device: device, signer: world.signer)
        ])
        try await broker.record(.sample("1"))
        device.become(.refuse)
        for _ in 0..<3 { await #expect(throws: AuditError.self) { try await broker.record(.sample("lost")) } }
        device.become(.take)
        try await broker.record(.sample("2"))
        let lines = device.taken.split(separator: 0x0a).map { Array($0) + [0x0a] }
        #expect(lines.count == 3)
        #expect(AuditVerification.fault(in: lines, from: world.beginning) == nil)
    }

    /// A power cut may leave a part of a line. Its record was never acknowledged.
    @Test func tornLineIsTakenAwayWhenTheFileIsOpened() async throws {
        let world = try AuditWorld()
        try await write(2, to: world)
        let lines = try world.lines()
        for torn in [lines[1].prefix(40), lines[1].prefix(3), lines[1].dropLast()] {
            try world.write(lines + [Array(torn)])
            try await write(1, to: world)
            #expect(try world.lines().count == lines.count + 2)
            #expect(AuditVerification.fault(in: try world.lines(), from: world.beginning) == nil)
        }
    }

    @Test func whatNoDeviceWroteIsNotTakenAway() async throws {
        let world = try AuditWorld()
        let foreign = Array("somebody's notes\nwithout an end".utf8)
        try world.write([foreign])
        try await write(1, to: world)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: world.path())))
        #expect(bytes.starts(with: foreign))
    }
}
