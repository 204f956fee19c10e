internal import Notation
internal import VaultClient

extension Session {
    /// Shows an answer: in a table's place whatever is made of its data, in machine formats the whole envelope.
    ///
    /// - Parameters:
    ///   - response: the answer.
    ///   - table: makes a table or a line of the answer's data, which is `null` for an empty answer.
    /// - Throws: ``Failure`` when the answer cannot be read or lacks the field asked for.
    func show(_ response: VaultResponse, table: (JSON) -> String) throws(Failure) {
        guard !response.body.isEmpty else { return confirm(table(.null)) }
        let secret = try secret(response)
        guard settings.field == nil, secret.wrapInfo == nil else { return try show(secret) }
        try show(secret.json) { table(secret.data) }
        if settings.format == .table { warn(secret.warnings) }
    }

    /// Lists names and what the server tells about them, in preparation of something else.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - query: what narrows the list.
    /// - Returns: names and information; both empty when there is nothing.
    /// - Throws: ``Failure`` when the server refuses.
    func listing(
        _ path: String, _ query: [(name: String, value: String)] = []
    ) async throws(Failure) -> (names: [String], information: JSONObject) {
        let request = VaultRequest(.get, path, query: [("list", "true")] + query)
        guard let response = try await prepare(request, or: "Error listing \(path)") else { return ([], JSONObject()) }
        let data = try secret(response).data
        return (
            data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            data["key_info"]?.objectValue ?? JSONObject()
        )
    }

    /// Reads something in preparation of something else.
    ///
    /// - Parameter path: its path.
    /// - Returns: its data, or `nil` when there is nothing.
    /// - Throws: ``Failure`` when the server refuses.
    func reading(_ path: String) async throws(Failure) -> JSONObject? {
        guard let response = try await prepare(VaultRequest(.get, path), or: "Error reading \(path)") else {
            return nil
        }
        return try secret(response).data.objectValue
    }

    /// Lists names and shows what the server tells about each, a row each.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - query: what narrows the list.
    ///   - none: what to say when there is nothing.
    ///   - heading: the heading of the table.
    ///   - row: makes the row of a name and what is told about it.
    /// - Throws: ``Failure`` with status 2 when there is nothing or the server refuses.
    func show(
        listing path: String, query: [(name: String, value: String)] = [], none: String, heading: [String],
        row: (String, JSON) -> [String]
    ) async throws(Failure) {
        let request = VaultRequest(.get, path, query: [("list", "true")] + query)
        guard let response = try await find(request, or: "Error listing \(path)") else { throw .server(none) }
        let secret = try secret(response)
        if secret.wrapInfo != nil { return try show(secret) }
        let names = secret.data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
        guard !names.isEmpty else { throw .server(none) }
        if settings.format == .table { warn(secret.warnings) }
        try show(secret.data) {
            Table.columns([heading] + names.map { row($0, secret.data["key_info"]?[$0] ?? .null) })
        }
    }
}
