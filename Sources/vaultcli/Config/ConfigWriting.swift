internal import Notation
internal import VaultClient

/// Changes of configuration.
enum ConfigWriting {
    /// Sends a change and says what came of it.
    ///
    /// - Parameters:
    ///   - request: the change.
    ///   - line: what it does, for people.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses; when somebody else wrote in between, with both changes.
    static func send(_ request: VaultRequest, _ line: String, _ session: Session) async throws(Failure) {
        let request = session.wrapping(request)
        try session.printInstead(request)
        let response: VaultResponse
        do {
            response = try await session.vault.send(request)
        } catch {
            session.warn(error.warnings)
            if let conflict = conflict(error) { session.note(conflict) }
            throw Failure(error, during: "Error: \(request.path) is unchanged")
        }
        try session.show(response) { FlagStateText.done(line, $0) }
        guard session.settings.format == .table, session.settings.field == nil, !response.body.isEmpty,
            try session.secret(response).data["restart_needed"]?.boolValue == true
        else { return }
        session.note("The key is static: services take the change up when they are started anew.")
    }

    /// What somebody else wrote in between, for people.
    ///
    /// - Parameter error: the refusal.
    /// - Returns: the value that both changes were made of, the other change and one's own; `nil` when the refusal has
    ///   another cause.
    static func conflict(_ error: VaultError) -> String? {
        guard let data = (try? JSON(parsing: error.body))?["data"], let version = data["current_version"] else {
            return nil
        }
        let lines = ["The value is at version \(CellText.field(version)) by now."]
        let sides = [("before", "base"), ("now", "current"), ("yours", "yours")].compactMap { title, name in
            data[name].map { "  \(title): \(said($0))" }
        }
        return (lines + sides).joined(separator: "\n")
    }

    /// What a layer says, from the content of a version.
    private static func said(_ content: JSON) -> String {
        if case .null = content { return "(nothing)" }
        if content["unset"]?.boolValue == true { return "(unset)" }
        return ChangeText.value(content["value"] ?? content)
    }
}
