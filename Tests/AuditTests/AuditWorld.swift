import Audit
import EngineKit
import Foundation
import Notation
import Synchronization
import Testing
import VaultCrypto

/// A folder that goes with the test, and what is needed to write audit files into it.
final class AuditWorld: Sendable {
    static let salt = "6f1b1c7e-6d86-4c6b-9a3d-0c7d0f6a5b11"

    let folder: String
    let signer: SigningKey

    init() throws {
        folder = NSTemporaryDirectory() + "audit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let seed = Array(UInt8(0)..<32)
        signer = try SigningKey(seed: try SecretBytes(copying: seed.span))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String = "audit.log") -> String { "\(folder)/\(name)" }

    func entry(_ name: String = "audit.log", _ options: [(name: String, value: String)] = []) -> AuditDeviceEntry {
        AuditDeviceEntry(path: "file/", type: "file", options: [("file_path", path(name))] + options, salt: Self.salt)
    }

    /// A broker with one device that writes a file.
    func broker(_ name: String = "audit.log", _ options: [(name: String, value: String)] = []) throws -> AuditBroker {
        AuditBroker([try AuditBroker.OpenDevice(entry(name, options), signer: signer)])
    }

    /// The lines of a file with their line feeds.
    func lines(_ name: String = "audit.log") throws -> [[UInt8]] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
        #expect(bytes.isEmpty || bytes.last == 0x0a)
        return bytes.split(separator: 0x0a).map { Array($0) + [0x0a] }
    }

    /// The records of a file that are not checkpoints.
    func records(_ name: String = "audit.log") throws -> [JSON] {
        try lines(name).map { try JSON(parsing: $0) }.filter { $0["type"]?.stringValue != "checkpoint" }
    }

    func write(_ lines: [[UInt8]], to name: String = "audit.log") throws {
        try Data(lines.flatMap { $0 }).write(to: URL(fileURLWithPath: path(name)))
    }

    /// Where the chain of a new device begins.
    var beginning: HashChain { HashChain(deviceID: Self.salt) }

    var publicKey: [UInt8] { (0..<32).map { signer.publicKey[$0] } }

    /// The hash that Vault would write for a value.
    static func hmac(_ value: String) throws -> String {
        let salt = Array(salt.utf8)
        let key = try HMACKey(try SecretBytes(copying: salt.span))
        let code = key.authenticate(Array(value.utf8).span)
        return "hmac-sha256:" + (0..<32).map { code[$0] }.map { String(format: "%02x", $0) }.joined()
    }
}

extension AuditedRequest {
    /// A read of a secret by a service token.
    static func sample(_ id: String = "req-1", path: String = "secret/data/a", data: String = "") -> AuditedRequest {
        var request = AuditedRequest(
            id: id, time: Timestamp(seconds: 1_700_000_000, nanoseconds: 5), operation: .read, path: Array(path.utf8),
            caller: Caller(
                token: Array("hvs.CANARYtoken".utf8), tokenKey: Array("00".utf8), accessor: "CANARYaccessor",
                tokenType: .service, displayName: "token-x", policies: ["a", "default"], remoteAddress: "10.0.0.9"),
            isAllowed: true, remotePort: 4711)
        request.data = Array(data.utf8)
        return request
    }
}

/// A device under the test's control.
final class ScriptedDevice: AuditDevice {
    enum Behaviour: Sendable { case take, refuse, hang }

    private let state: Mutex<(behaviour: Behaviour, taken: [UInt8])>
    private let gate = DispatchSemaphore(value: 0)

    init(_ behaviour: Behaviour) { state = Mutex((behaviour, [])) }

    var taken: [UInt8] { state.withLock { $0.taken } }

    func become(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    /// Lets a write that hangs come back.
    func release() { gate.signal() }

    func write(_ lines: [UInt8]) throws(AuditError) {
        let behaviour = state.withLock { $0.behaviour }
        if case .hang = behaviour { gate.wait() }
        if case .refuse = behaviour { throw AuditError("refused") }
        state.withLock { $0.taken += lines }
    }

    func reopen() throws(AuditError) {}
}

extension AuditVerification {
    /// Checks whole lines; `nil` when all are good.
    static func fault(
        in lines: [[UInt8]], from start: HashChain? = nil, publicKey: [UInt8]? = nil
    ) -> Fault? {
        var verification = AuditVerification(from: start, publicKey: publicKey)
        do throws(Fault) {
            for line in lines { try verification.read(line) }
            try verification.finish()
            return nil
        } catch {
            return error
        }
    }
}
