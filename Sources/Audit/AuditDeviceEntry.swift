package import Notation

/// What is configured of an audit device, as `sys/audit` shows it, with its salt.
package struct AuditDeviceEntry: Sendable {
    /// The path with its trailing slash, such as `file/`.
    package var path: String
    /// `file` or `socket`.
    package var type: String
    /// Text for people.
    package var description: String
    /// The options as they were given.
    package var options: [(name: String, value: String)]
    /// A random UUID under which the device's hashes are made; lost with the device.
    package var salt: String
    /// Whether the device comes from the server's configuration and cannot be changed through the API.
    package var isDeclared: Bool

    /// Describes a device.
    package init(
        path: String, type: String, description: String = "", options: [(name: String, value: String)], salt: String,
        isDeclared: Bool = false
    ) {
        self.path = path
        self.type = type
        self.description = description
        self.options = options
        self.salt = salt
        self.isDeclared = isDeclared
    }

    /// The value of an option.
    package func option(_ name: String) -> String? {
        options.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The truth of an option; `nil` when it is not given.
    package func flag(_ name: String) throws(AuditError) -> Bool? {
        guard let text = option(name) else { return nil }
        guard let truth = GoBoolean.parse(text) else { throw AuditError("invalid \(name): expected a boolean") }
        return truth
    }

    /// Refuses options that are known and say nothing that can be done; others stay, without effect.
    package func checkOptions() throws(AuditError) {
        if let format = option("format"), !format.utf8.elementsEqual("json".utf8) {
            throw AuditError("unknown format type; expected \"json\"")
        }
        for name in ["elide_list_responses", "hmac_accessor", "log_raw"] { _ = try flag(name) }
    }

    /// What the API shows.
    package var info: JSONObject {
        [
            "description": .string(description), "local": false,
            "options": .object(JSONObject(options.map { .init(name: $0.name, value: .string($0.value)) })),
            "path": .string(path), "type": .string(type),
        ]
    }

    /// The stored form: what the API shows, with the salt.
    package func encoded() -> [UInt8] {
        var object = info
        object["salt"] = .string(salt)
        object["declared"] = .bool(isDeclared)
        return JSON.object(object).serialized()
    }

    /// Reads a stored device back; `nil` when the bytes are not one.
    package init?(decoding bytes: [UInt8]) {
        guard let object = (try? JSON(parsing: bytes))?.objectValue, let path = object["path"]?.stringValue,
            let type = object["type"]?.stringValue, let salt = object["salt"]?.stringValue
        else { return nil }
        self.init(
            path: path, type: type, description: object["description"]?.stringValue ?? "",
            options: object["options"]?.objectValue?.members.map { ($0.name, $0.value.stringValue ?? "") } ?? [],
            salt: salt, isDeclared: object["declared"]?.boolValue ?? false)
    }
}

extension AuditDeviceEntry {
    /// Opens what the entry describes.
    package func open() throws(AuditError) -> any AuditDevice {
        switch type {
        case "file":
            guard let path = option("file_path") ?? option("path"), !path.utf8.isEmpty else {
                throw AuditError("file_path is required")
            }
            if option("prefix") != nil { throw AuditError("a prefix for audit records is not allowed") }
            guard let mode = UInt32(option("mode") ?? "0600", radix: 8), mode <= 0o777 else {
                throw AuditError("invalid mode: expected octal permission bits")
            }
            return try FileAuditDevice(path: path, mode: mode)
        case "socket":
            guard let address = option("address"), !address.utf8.isEmpty else {
                throw AuditError("address is required")
            }
            return try SocketAuditDevice(try target(address))
        default:
            throw AuditError("unknown backend type: \"\(type)\"")
        }
    }

    private func target(_ address: String) throws(AuditError) -> SocketAuditDevice.Target {
        if option("socket_type") == "unix" { return .unix(address) }
        guard option("socket_type") ?? "tcp" == "tcp" else { throw AuditError("socket_type must be tcp or unix") }
        let bytes = Array(address.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { throw AuditError("address must be host:port") }
        let brackets: Set<UInt8> = [UInt8(ascii: "["), UInt8(ascii: "]")]
        let host = bytes[..<colon].filter { !brackets.contains($0) }
        return .tcp(
            host: String(decoding: host, as: UTF8.self), port: String(decoding: bytes[(colon + 1)...], as: UTF8.self))
    }
}
