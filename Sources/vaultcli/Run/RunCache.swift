internal import Glibc
internal import Notation

/// The last good values of a command in a file, for a start without a server.
///
/// The file can be read by its owner alone. Sensitive values are in it only when that was asked for.
struct RunCache: Sendable {
    private let path: String
    private let keepsSensitive: Bool
    /// What the values are for: a file of another service or other secrets is not used.
    private let subject: JSON

    /// Names a file.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - keepsSensitive: whether sensitive values may be in it.
    ///   - subject: what the values are for.
    init(path: String, keepsSensitive: Bool, subject: JSON) {
        self.path = path
        self.keepsSensitive = keepsSensitive
        self.subject = subject
    }

    /// Keeps values.
    ///
    /// - Parameters:
    ///   - values: the values.
    ///   - now: when they were good.
    /// - Throws: ``Failure`` with status 1 when the file cannot be written.
    func keep(_ values: RunValues, now: Timestamp) throws(Failure) {
        let variables = values.variables.map { variable -> JSON in
            var object: JSONObject = [
                "name": .string(variable.name), "origin": .string(variable.origin),
                "sensitive": .bool(variable.isSensitive), "static": .bool(variable.isStatic),
            ]
            if !variable.isSensitive || keepsSensitive { object["value"] = variable.value }
            return .object(object)
        }
        let document: JSON = [
            "format": 1, "time": .string(Timestamp(seconds: now.seconds).description), "subject": subject,
            "revision": values.revision ?? .null, "hash": values.hash ?? .null, "variables": .array(variables),
            "left_out": .strings(values.leftOut),
        ]
        let file = try PrivateFile(replacing: path)
        try file.append(document.serialized() + [0x0A])
        try file.commit()
    }

    /// Reads values.
    ///
    /// - Returns: the values and since when they are good; `nil` when there is no file.
    /// - Throws: ``Failure`` with status 1 when others may read or have written the file, or when it is for something
    ///   else, or lacks a sensitive value.
    func read() throws(Failure) -> (values: RunValues, since: String)? {
        guard let bytes = try LocalFile.contentsIfPresent(of: path) else { return nil }
        try requirePrivacy()
        guard let document = try? JSON(parsing: bytes), document["format"]?.intValue == 1,
            let known = document["subject"], let since = document["time"]?.stringValue,
            let variables = document["variables"]?.arrayValue
        else { throw .usage("\(path) is no cache of vaultcli run") }
        guard known.isIdentical(to: subject) else { throw .usage("\(path) is the cache of something else") }
        var values = RunValues()
        values.revision = document["revision"]
        values.hash = document["hash"]
        values.leftOut = (document["left_out"]?.arrayValue ?? []).compactMap(\.stringValue)
        var missing: [String] = []
        for variable in variables {
            let name = variable["name"]?.stringValue ?? ""
            guard let value = variable["value"] else {
                missing.append(name)
                continue
            }
            try values.add(
                .init(
                    name: name, origin: variable["origin"]?.stringValue ?? "", value: value,
                    isSensitive: variable["sensitive"]?.boolValue ?? true,
                    isStatic: variable["static"]?.boolValue ?? false))
        }
        guard missing.isEmpty else {
            throw .usage(
                "\(path) does not hold the sensitive \(missing.joined(separator: ", ")); -cache-sensitive keeps them")
        }
        return (values, since)
    }

    /// What others may write could hold commands; what they may read is no secret.
    private func requirePrivacy() throws(Failure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw .usage("\(path) must belong to you, and others must not be able to read or write it")
        }
    }
}
