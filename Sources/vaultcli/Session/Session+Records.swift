internal import Notation
internal import VaultClient

extension Session {
    /// Reads something and shows its members.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - query: what narrows it.
    ///   - none: what to say when there is nothing.
    /// - Throws: ``Failure`` with status 2 when there is nothing or the server refuses.
    func showRecord(
        _ path: String, query: [(name: String, value: String)] = [], none: String
    ) async throws(Failure) {
        let request = VaultRequest(.get, path, query: query)
        guard let response = try await find(request, or: "Error reading \(path)") else { throw .server(none) }
        try show(response) { Table.keyed($0.objectValue ?? JSONObject()) }
    }
}

extension Session {
    /// Sends a request of which a failure is no end, as in watching.
    ///
    /// - Parameter request: the request.
    /// - Returns: the answer, `nil` where there is nothing, or the failure.
    func attempt(_ request: VaultRequest) async -> Result<VaultResponse?, VaultError> {
        do throws(VaultError) {
            return .success(try await vault.find(request))
        } catch {
            return .failure(error)
        }
    }
}
