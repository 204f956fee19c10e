import Audit
import Dispatch
import EngineKit
import Identity
@testable import VaultCore

/// A device that revokes a token when it takes its first record: after the request was let in, before it is served.
final class RevokingDevice: AuditDevice {
    private let vault: Vault
    private let token: String

    init(vault: Vault, token: String) {
        self.vault = vault
        self.token = token
    }

    func write(_ lines: [UInt8]) throws(AuditError) {
        // A device has a thread of its own and may block it.
        let done = DispatchSemaphore(value: 0)
        Task {
            if let running = vault.running, let key = try? running.tokens.key(of: Array(token.utf8)) {
                _ = try? await running.transactor.run { transaction throws(EngineError) in
                    try running.tokens.revokeTree(key, transaction)
                }
            }
            done.signal()
        }
        done.wait()
    }

    func reopen() throws(AuditError) {}
}
