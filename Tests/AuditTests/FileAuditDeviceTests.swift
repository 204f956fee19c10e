import Audit
import Foundation
import Glibc
import Notation
import Testing

/// The file device: permissions, rotation, and what cannot be opened.
@Suite struct FileAuditDeviceTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test(arguments: [(nil, 0o600), ("0600", 0o600), ("0640", 0o640), ("644", 0o644)] as [(String?, Int)])
    func fileHasTheModeThatWasAskedFor(option: String?, expected: Int) throws {
        let world = try AuditWorld()
        try world.write([Array("old\n".utf8)])
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: world.path())
        _ = try world.entry("audit.log", option.map { [("mode", $0)] } ?? []).open()
        #expect(try mode(world.path()) == expected)
    }

    @Test func modeZeroLeavesAnExistingFileAlone() throws {
        let world = try AuditWorld()
        try world.write([])
        try FileManager.default.setAttributes([.posixPermissions: 0o620], ofItemAtPath: world.path())
        _ = try world.entry("audit.log", [("mode", "0000")]).open()
        #expect(try mode(world.path()) == 0o620)
        _ = try world.entry("new.log", [("mode", "0000")]).open()
        #expect(try mode(world.path("new.log")) & 0o177 == 0)
    }

    @Test(arguments: ["0755", "0001", "9", "x", "-600", "07777", "1000"])
    func modesThatMakeNoSenseAreRefused(option: String) throws {
        let world = try AuditWorld()
        #expect(throws: AuditError.self) { _ = try world.entry("audit.log", [("mode", option)]).open() }
        #expect(!FileManager.default.fileExists(atPath: world.path()))
    }

    @Test func folderIsMade() async throws {
        let world = try AuditWorld()
        let broker = try world.broker("a/b/audit.log")
        try await broker.record(.sample())
        #expect(try world.records("a/b/audit.log").count == 1)
        #expect(try mode(world.path("a/b")) == 0o700)
    }

    @Test func movedFileIsLeftAloneAfterReopening() async throws {
        let world = try AuditWorld()
        let broker = try world.broker()
        try await broker.record(.sample("1"))
        try FileManager.default.moveItem(atPath: world.path(), toPath: world.path("old.log"))
        try await broker.record(.sample("2"))
        #expect(!FileManager.default.fileExists(atPath: world.path()))
        await broker.reopen()
        try await broker.record(.sample("3"))
        let ids = { (name: String) in try world.records(name).map { $0["request"]?["id"]?.stringValue } }
        #expect(try ids("old.log") == ["1", "2"])
        #expect(try ids("audit.log") == ["3"])
        // Both files alone, and one after the other, are whole.
        #expect(AuditVerification.fault(in: try world.lines("old.log")) == nil)
        #expect(AuditVerification.fault(in: try world.lines()) == nil)
        let both = try world.lines("old.log") + world.lines()
        #expect(AuditVerification.fault(in: both, from: world.beginning) == nil)
        let cut = try world.lines("old.log").dropLast() + world.lines()
        #expect(AuditVerification.fault(in: Array(cut)) != nil)
    }

    @Test func folderAndOtherThingsAreNotFiles() throws {
        let world = try AuditWorld()
        try FileManager.default.createDirectory(atPath: world.path("folder"), withIntermediateDirectories: false)
        #expect(unsafe mkfifo(world.path("pipe"), 0o600) == 0)
        for name in ["folder", "pipe"] {
            #expect(throws: AuditError.self) { _ = try world.entry(name).open() }
        }
        // Also with a reader at the other end.
        let reader = unsafe open(world.path("pipe"), O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        #expect(throws: AuditError.self) { _ = try world.entry("pipe").open() }
        try world.write([], to: "plain")
        #expect(throws: AuditError.self) { _ = try world.entry("plain/audit.log").open() }
    }

    @Test func specialFilesAreRefusedExceptTheOneForNothing() async throws {
        let world = try AuditWorld()
        let entry = AuditDeviceEntry(path: "full/", type: "file", options: [("file_path", "/dev/full")], salt: "s")
        #expect(throws: AuditError.self) { _ = try entry.open() }
        let null = AuditDeviceEntry(path: "null/", type: "file", options: [("file_path", "/dev/null")], salt: "s")
        try await AuditBroker([try AuditBroker.OpenDevice(null, signer: world.signer)]).record(.sample())
    }

    @Test(
        arguments: [
            ("file", []), ("file", [("file_path", "")]), ("socket", []), ("socket", [("address", "x")]),
            ("socket", [("address", "127.0.0.1:1"), ("socket_type", "udp")]), ("syslog", []), ("", []),
        ] as [(String, [(name: String, value: String)])])
    func incompleteDevicesAreRefused(type: String, options: [(name: String, value: String)]) {
        let entry = AuditDeviceEntry(path: "x/", type: type, options: options, salt: "s")
        #expect(throws: AuditError.self) { _ = try entry.open() }
    }

    @Test func prefixIsRefused() throws {
        let world = try AuditWorld()
        #expect(throws: AuditError.self) { _ = try world.entry("audit.log", [("prefix", "#!/bin/sh\n")]).open() }
    }

    @Test func storedEntryIsReadBack() throws {
        let world = try AuditWorld()
        let entry = world.entry("audit.log", [("mode", "0640")])
        let back = try #require(AuditDeviceEntry(decoding: entry.encoded()))
        #expect(back.encoded() == entry.encoded() && back.salt == AuditWorld.salt)
        #expect(back.option("mode") == "0640" && back.info["salt"] == nil)
        #expect(AuditDeviceEntry(decoding: Array("{}".utf8)) == nil)
    }
}
