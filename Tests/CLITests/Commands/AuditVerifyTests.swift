import Audit
import EngineKit
import Foundation
import Notation
import Testing
import VaultCrypto

@testable import vaultcli

/// `audit verify` on files that an audit device wrote.
@Suite struct AuditVerifyTests {
    @Test func wholeFileIsWhole() async throws {
        let device = try WrittenAudit()
        try await device.write(5, to: "audit.log")
        let run = await Transcript.run("audit", "verify", device.path("audit.log"))
        #expect(run.status == 0)
        #expect(run.error.isEmpty && run.requests.isEmpty)
        let lines = run.output.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { String($0) ?? "" }
        #expect(lines[0].utf8.starts(with: "File".utf8) && lines[0].hasSuffix("Entries    Checkpoints"))
        #expect(lines[2].hasPrefix(device.path("audit.log")))
        #expect(lines[2].split(separator: " ").suffix(2) == ["5", "1"])
        #expect(
            Array(lines[3...]) == [
                "", "The chain is whole: records 1 to 6.",
                "Entries after the last checkpoint, which no signature vouches for yet: 5",
                "Signatures were checked only against the key in the files: \(device.publicKey)", "",
            ])
    }

    @Test func givenKeyMustBeTheSigner() async throws {
        let device = try WrittenAudit()
        try await device.write(1, to: "audit.log")
        let path = device.path("audit.log")
        let good = await Transcript.run("audit", "verify", "-public-key=\(device.publicKey)", path)
        #expect(good.status == 0)
        #expect(good.output.hasSuffix("Signatures were checked against the given key.\n"))
        let other = String(repeating: "ab", count: 32)
        let bad = await Transcript.run("audit", "verify", "-public-key=\(other)", path)
        #expect(bad.status == 2)
        #expect(bad.error == "\(path): line 1: the checkpoint is signed by another key\n")
        let wrong = await Transcript.run("audit", "verify", "-public-key=abcd", path)
        #expect(wrong.status == 1 && wrong.output.isEmpty)
    }

    @Test func changedByteShowsItsLine() async throws {
        let device = try WrittenAudit()
        try await device.write(4, to: "audit.log")
        var lines = try device.lines("audit.log")
        let place = try #require(lines[2].firstIndex(of: UInt8(ascii: "r")))
        lines[2][place] = UInt8(ascii: "s")
        try await expect(lines, device, line: 3, "the record is not the one that was written here")
    }

    @Test func missingLineShows() async throws {
        let device = try WrittenAudit()
        try await device.write(4, to: "audit.log")
        var lines = try device.lines("audit.log")
        lines.remove(at: 2)
        try await expect(
            lines, device, line: 3,
            "record 3 should be here, but this is record 4: records are missing, added or in another order")
    }

    @Test func swappedLinesShow() async throws {
        let device = try WrittenAudit()
        try await device.write(4, to: "audit.log")
        var lines = try device.lines("audit.log")
        lines.swapAt(1, 3)
        try await expect(
            lines, device, line: 2,
            "record 2 should be here, but this is record 4: records are missing, added or in another order")
    }

    @Test func tornLastLineShows() async throws {
        let device = try WrittenAudit()
        try await device.write(4, to: "audit.log")
        var lines = try device.lines("audit.log")
        lines[4].removeLast(20)
        try await expect(lines, device, line: 5, "the file ends in the middle of a record")
    }

    @Test func fileWithoutItsBeginningShows() async throws {
        let device = try WrittenAudit()
        try await device.write(4, to: "audit.log")
        try await expect(
            Array(try device.lines("audit.log").dropFirst()), device, line: 1,
            "the file does not begin with a checkpoint")
    }

    @Test func rotatedFilesAreOneChain() async throws {
        let device = try WrittenAudit()
        try await device.write(3, to: "audit.log", thenMovedTo: "audit.log.1", 2)
        let old = device.path("audit.log.1")
        let new = device.path("audit.log")
        let run = await Transcript.run("audit", "verify", "-format=json", old, new)
        #expect(run.status == 0 && run.error.isEmpty)
        let found = try JSON(parsing: Array(run.output.utf8))
        #expect(found["whole"]?.boolValue == true && found["fault"]?.objectValue == nil)
        #expect(found["first_record"]?.intValue == 1 && found["last_record"]?.intValue == 7)
        #expect(found["public_key"]?.stringValue == device.publicKey)
        #expect(found["public_key_from"]?.stringValue == "files")
        let counts = found["files"]?.arrayValue?.map { [$0["entries"]?.intValue, $0["checkpoints"]?.intValue] }
        #expect(counts == [[3, 1], [2, 1]])
        // Each file can be checked alone; in the wrong order they are not a chain.
        #expect(await Transcript.run("audit", "verify", new).status == 0)
        let swapped = await Transcript.run("audit", "verify", new, old)
        #expect(swapped.status == 2)
        #expect(swapped.error.hasPrefix("\(old): line 1: record 8 should be here, but this is record 1:"))
    }

    @Test func linesAreCountedInTheirFile() async throws {
        let device = try WrittenAudit()
        try await device.write(3, to: "audit.log", thenMovedTo: "audit.log.1", 2)
        var lines = try device.lines("audit.log")
        lines.remove(at: 1)
        try device.put(lines, "audit.log")
        let run = await Transcript.run(
            "audit", "verify", "-format=json", device.path("audit.log.1"), device.path("audit.log"))
        #expect(run.status == 2 && run.error.isEmpty)
        let found = try JSON(parsing: Array(run.output.utf8))
        #expect(found["whole"]?.boolValue == false)
        #expect(found["fault"]?["line"]?.intValue == 2)
        #expect(found["fault"]?["path"]?.stringValue == device.path("audit.log"))
        #expect(found["files"]?.arrayValue?.last?["entries"]?.intValue == 0)
    }

    /// A file of several of the parts in which files are read.
    @Test func fileOfManyPartsIsChecked() async throws {
        let device = try WrittenAudit()
        try await device.write(2_000, to: "audit.log")
        let lines = try device.lines("audit.log")
        #expect(lines.reduce(0) { $0 + $1.count } > 3 * 256 * 1024)
        let run = await Transcript.run("audit", "verify", "-format=json", device.path("audit.log"))
        let found = try JSON(parsing: Array(run.output.utf8))
        #expect(run.status == 0)
        #expect(found["files"]?.arrayValue?.first?["entries"]?.intValue == 2_000)
        #expect(found["files"]?.arrayValue?.first?["checkpoints"]?.intValue == 2)
    }

    @Test func endlessLineIsNoRecordAndNotKept() throws {
        var verification = AuditVerification(lineLimit: 1_000)
        let part = [UInt8](repeating: UInt8(ascii: " "), count: 600)
        try verification.read(part)
        #expect(throws: AuditVerification.Fault(line: 1, reason: .notARecord)) { try verification.read(part) }
    }

    @Test func fileThatCannotBeReadIsOne() async throws {
        let device = try WrittenAudit()
        let run = await Transcript.run("audit", "verify", device.path("none"))
        #expect(run.status == 1 && run.output.isEmpty && !run.error.isEmpty)
        #expect(await Transcript.run("audit", "verify", device.folder).status == 1)
        #expect(await Transcript.run("audit", "verify").status == 1)
        #expect(await Transcript.run("audit", "verify", "-format=raw", device.path("none")).status == 1)
    }

    private func expect(
        _ lines: [[UInt8]], _ device: WrittenAudit, line: Int, _ reason: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let path = device.path("audit.log")
        try device.put(lines, "audit.log")
        let run = await Transcript.run("audit", "verify", path)
        #expect(run.status == 2, sourceLocation: sourceLocation)
        #expect(run.error == "\(path): line \(line): \(reason)\n", sourceLocation: sourceLocation)
    }
}

/// A folder that goes with the test, and a file device that writes into it.
private final class WrittenAudit: Sendable {
    let folder = NSTemporaryDirectory() + "verify-\(UUID().uuidString)"
    private let signer: SigningKey

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let seed = [UInt8](repeating: 7, count: 32)
        signer = try SigningKey(seed: try SecretBytes(copying: seed.span))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var publicKey: String { Hexadecimal.encode((0..<32).map { signer.publicKey[$0] }) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Records requests; then, if asked, moves the file away, has it opened again, and records more.
    func write(_ count: Int, to name: String, thenMovedTo old: String? = nil, _ more: Int = 0) async throws {
        let entry = AuditDeviceEntry(
            path: "file/", type: "file", options: [("file_path", path(name))],
            salt: "6f1b1c7e-6d86-4c6b-9a3d-0c7d0f6a5b11")
        let broker = AuditBroker([try AuditBroker.OpenDevice(entry, signer: signer)])
        for _ in 0..<count { try await broker.record(Self.request) }
        guard let old else { return }
        try FileManager.default.moveItem(atPath: path(name), toPath: path(old))
        await broker.reopen()
        for _ in 0..<more { try await broker.record(Self.request) }
    }

    /// The lines of a file with their line feeds.
    func lines(_ name: String) throws -> [[UInt8]] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name)))).split(separator: 0x0a).map { $0 + [0x0a] }
    }

    func put(_ lines: [[UInt8]], _ name: String) throws {
        try Data(lines.flatMap { $0 }).write(to: URL(fileURLWithPath: path(name)))
    }

    private static var request: AuditedRequest {
        AuditedRequest(
            id: "req", time: Timestamp(seconds: 1_700_000_000, nanoseconds: 5), operation: .read,
            path: Array("secret/data/a".utf8),
            caller: Caller(
                token: Array("hvs.token".utf8), tokenKey: Array("00".utf8), accessor: "accessor",
                tokenType: .service, displayName: "token", policies: ["default"], remoteAddress: "10.0.0.9"),
            isAllowed: true, remotePort: 4711)
    }
}
