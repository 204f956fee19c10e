import Audit
import EngineKit
import Notation
import Testing

/// Several devices: one that takes the record is enough, and none waits for another.
@Suite struct AuditBrokerTests {
    private func device(
        _ world: AuditWorld, _ device: ScriptedDevice, _ name: String, milliseconds: Int = 600_000
    ) throws -> AuditBroker.OpenDevice {
        try AuditBroker.OpenDevice(
            AuditDeviceEntry(path: "\(name)/", type: "file", options: [], salt: name), device: device,
            signer: world.signer, deadlineMilliseconds: milliseconds)
    }

    @Test func withoutDevicesNothingIsRecordedAndNothingFails() async throws {
        let broker = AuditBroker()
        #expect(!broker.isEnabled)
        try await broker.record(.sample())
    }

    @Test func oneDeviceIsEnough() async throws {
        let world = try AuditWorld()
        let good = ScriptedDevice(.take)
        for order in [true, false] {
            var devices = [
                try device(world, ScriptedDevice(.refuse), "bad"), try device(world, good, "good"),
            ]
            if order { devices.reverse() }
            try await AuditBroker(devices).record(.sample())
        }
        #expect(good.taken.count(where: { $0 == 0x0a }) == 4)
    }

    @Test func noDeviceIsAFailure() async throws {
        let world = try AuditWorld()
        let broker = AuditBroker([
            try device(world, ScriptedDevice(.refuse), "a"), try device(world, ScriptedDevice(.refuse), "b"),
        ])
        await #expect(throws: AuditError.self) { try await broker.record(.sample()) }
        await #expect(throws: AuditError.self) { try await broker.record(.sample(), answered: AuditedResponse()) }
    }

    @Test func hangingDeviceFailsByItsDeadlineAndHoldsNobodyUp() async throws {
        let world = try AuditWorld()
        let hanging = ScriptedDevice(.hang)
        let good = ScriptedDevice(.take)
        let alone = try device(world, hanging, "alone", milliseconds: 300)
        let both = AuditBroker([alone, try device(world, good, "good")])
        // The device hangs until the end of the test: that these return at all shows that nobody waits for it.
        for index in 0...1_000 { try await both.record(.sample("\(index)")) }
        await #expect(throws: AuditError.self) { try await AuditBroker([alone]).record(.sample()) }
        hanging.become(.take)
        hanging.release()
        // It takes records again as soon as its write has come back, and its chain is whole.
        var isBack = false
        while !isBack {
            isBack = (try? await AuditBroker([alone]).record(.sample("back"))) != nil
            await Task.yield()
        }
        let lines = hanging.taken.split(separator: 0x0a).map { Array($0) + [0x0a] }
        #expect(AuditVerification.fault(in: lines, from: HashChain(deviceID: "alone")) == nil)
        #expect(good.taken.count(where: { $0 == 0x0a }) == 1_002)
    }

    @Test func concurrentRecordsAreAllThereOnceAndChained() async throws {
        let world = try AuditWorld()
        let broker = try world.broker()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<2_000 { group.addTask { try await broker.record(.sample("\(index)")) } }
            try await group.waitForAll()
        }
        let ids = try world.records().compactMap { $0["request"]?["id"]?.stringValue.flatMap { Int($0) } }
        #expect(ids.sorted() == Array(0..<2_000))
        var verification = AuditVerification(from: world.beginning, publicKey: world.publicKey)
        for line in try world.lines() { try verification.read(line) }
        try verification.finish()
        #expect(verification.checkpointCount >= 2 && verification.unsignedCount < 1_024)
        #expect(verification.lineCount == 2_000 + verification.checkpointCount)
    }
}
