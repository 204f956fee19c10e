internal import Notation
internal import VaultClient

/// A change of a flag's state that builds upon what is there: read, changed, and written only if nobody else wrote.
struct FlagStateChange {
    /// The flag's key.
    let key: String
    /// The environment's name.
    let environment: String
    /// The state's path.
    let path: String
    /// The state before; `nil` when the flag has none there.
    let present: JSONObject?
    private let options: FlagChangeOptions

    /// Reads the state.
    ///
    /// - Parameters:
    ///   - key: the flag's key.
    ///   - place: where, why, and on top of which version.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the environment is not known or the server refuses.
    init(_ key: String, _ place: FlagWritingPlace, _ session: Session) async throws(Failure) {
        self.key = key
        environment = try place.environment(session)
        path = try place.mount.path("states", environment, key)
        options = place.change
        present = try await session.reading(path)
    }

    /// A list of the state.
    ///
    /// - Parameter name: for example `rules`.
    /// - Returns: its elements; none without a state.
    func elements(_ name: String) -> [JSON] {
        present?[name]?.arrayValue ?? []
    }

    /// Writes the change. A flag without a state gets one that is off, unless the change says otherwise.
    ///
    /// - Parameters:
    ///   - patch: the members that change.
    ///   - line: what was done, for people.
    ///   - session: the session.
    /// - Throws: ``Failure`` when the server refuses, also because somebody wrote in between.
    func write(_ patch: JSONObject, line: String, _ session: Session) async throws(Failure) {
        let request: VaultRequest
        if let present {
            request = VaultRequest(
                .patch, path, json: options.body(patch, expecting: present["version"]?.intValue))
        } else {
            var state: JSONObject = ["on": false]
            for member in patch.members { state[member.name] = member.value }
            request = VaultRequest(.post, path, json: options.body(state, expecting: 0))
        }
        let response = try await session.send(request, or: "Error changing flag \(key) in \(environment)")
        try session.show(response) { FlagStateText.done(line, $0) }
        if !response.body.isEmpty { FlagStateText.remark(try session.secret(response).data, session) }
    }
}

/// What a change of a state came to, for people.
enum FlagStateText {
    /// A line about a change.
    ///
    /// - Parameters:
    ///   - line: what was done.
    ///   - state: the state afterwards.
    /// - Returns: the line with the new version.
    static func done(_ line: String, _ state: JSON) -> String {
        "Success! \(line)" + (state["version"]?.intValue.map { " (version \($0))" } ?? "")
    }

    /// Whether a flag is on, off or killed.
    ///
    /// - Parameter state: the state, or what a list tells about it.
    /// - Returns: one word.
    static func mode(_ state: JSON) -> String {
        if state["killed"]?.boolValue == true { return "killed" }
        return state["on"]?.boolValue == true ? "on" : "off"
    }

    /// Says on standard error when a change has no effect yet, because the flag is off or killed.
    ///
    /// - Parameters:
    ///   - state: the state afterwards.
    ///   - session: the session.
    static func remark(_ state: JSON, _ session: Session) {
        guard session.settings.format == .table, let key = state["key"]?.stringValue,
            let environment = state["environment"]?.stringValue
        else { return }
        let place = CellText.printable("\(key) -env=\(environment)")
        switch mode(state) {
        case "killed":
            session.note("Everyone gets the off variation until the kill ends: vaultcli flag revive \(place)")
        case "off": session.note("The flag is off there; to switch it on: vaultcli flag on \(place)")
        default: break
        }
    }
}
