import Foundation
import Testing

@testable import vaultcli

@Suite struct BackupTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "vaultcli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test func backupAppearsWholeAndReadableByItsOwnerAlone() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "b").path
        let answers = ["GET http://vault.test/v1/sys/storage/backup": [(status: 200, body: "sealed bytes")]]
        let run = await Transcript.run("operator", "backup", path, answers: answers)
        #expect(run.status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "sealed bytes")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["b"])
    }

    @Test func refusedBackupLeavesTheOldOne() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "b").path
        try "old".write(toFile: path, atomically: true, encoding: .utf8)
        let answers = ["GET http://vault.test/v1/sys/storage/backup": [(status: 403, body: #"{"errors":["no"]}"#)]]
        let run = await Transcript.run("operator", "backup", path, answers: answers)
        #expect(run.status == 2)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["b"])
    }

    @Test func loginKeepsTheTokenReadableByItsOwnerAlone() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let answers = [
            "GET http://vault.test/v1/auth/token/lookup-self": [(status: 200, body: #"{"data":{"policies":[]}}"#)]
        ]
        let path = folder.appending(path: ".vault-token").path
        let run = await Transcript.run(
            "login", "hvs.given", answers: answers, environment: ["HOME": folder.path, "VAULT_TOKEN": ""])
        #expect(run.status == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "hvs.given")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let next = await Transcript.run("print", "token", environment: ["HOME": folder.path, "VAULT_TOKEN": ""])
        #expect(next.output == "hvs.given\n")
    }
}
