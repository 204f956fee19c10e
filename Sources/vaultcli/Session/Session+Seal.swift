internal import Notation
internal import VaultClient

extension Session {
    /// Shows the state of the seal, and who leads; a sealed server is asked too.
    ///
    /// - Parameter status: the answer of `sys/seal-status`.
    /// - Throws: ``Failure`` when an answer is not JSON, or with status 1 when the field is missing.
    func show(seal status: JSON) async throws(Failure) {
        let leader = try await leader()
        var combined = status.objectValue ?? JSONObject()
        // Without high availability the rest of the answer says nothing.
        let isAvailable = leader?["ha_enabled"]?.boolValue ?? false
        for member in leader?.objectValue?.members ?? []
        where isAvailable || member.name.utf8.elementsEqual("ha_enabled".utf8) {
            combined[member.name] = member.value
        }
        try show(.object(combined)) { SealStatusTable.text(status, leader: leader) }
    }

    /// A server without high availability may refuse the question; the seal's state is the answer then.
    private func leader() async throws(Failure) -> JSON? {
        let response = try? await prepare(VaultRequest(.get, "sys/leader"), or: "Error checking leader status")
        return try response.map { response throws(Failure) in try data(response) }
    }
}
