import Audit
import Notation
import VaultCore
import VaultCrypto

extension ServerConfiguration {
    /// Takes in a file; what it says comes on top of what was read before.
    ///
    /// - Parameters:
    ///   - text: the file's bytes, HCL or JSON.
    ///   - file: its name, for messages.
    mutating func merge(_ text: [UInt8], file: String) throws(Fault) {
        do throws(HCLError) {
            let body = try HCLDocument(parsing: text).body
            try readStorage(body)
            try readListeners(body, file: file)
            try readScalars(body)
            try readCompatibility(body)
            try readAudit(body)
            try readWebhooks(body)
            warnAboutUnknownKeys(body, file: file)
        } catch {
            throw Fault(message: "\(file): \(error)")
        }
    }

    /// Keys that Vault knows and that have no effect here; they are accepted in silence.
    private static let accepted: Set<String> = [
        "cluster_addr", "disable_mlock", "disable_cache", "cache_size", "ui", "disable_clustering",
        "plugin_directory", "raw_storage_endpoint", "pid_file", "telemetry", "ha_storage", "seal", "user_lockout",
        "disable_sealwrap", "introspection_endpoint", "enable_response_header_hostname", "log_file",
    ]
    private static let known: Set<String> = [
        "storage", "backend", "listener", "api_addr", "cluster_name", "default_lease_ttl", "max_lease_ttl", "log_level",
        "log_format",
        "compatibility", "audit", "webhooks", "unsafe_allow_api_audit_creation",
    ]

    private mutating func warnAboutUnknownKeys(_ body: HCLBody, file: String) {
        for item in body.items where !Self.known.contains(item.name) && !Self.accepted.contains(item.name) {
            warnings.append("\(file): line \(item.line): unknown key \"\(item.name)\" is ignored")
        }
    }

    private mutating func readStorage(_ body: HCLBody) throws(HCLError) {
        for word in ["storage", "backend"] {
            for block in try body.blocks(named: word, labels: 1) {
                let kind = block.labels.first ?? ""
                let path = try block.body.value(named: "path")?.stringValue
                switch kind {
                case "sqlite":
                    guard let path else { throw block.error("storage \"sqlite\" needs a path") }
                    storage = .sqlite(path: path)
                case "file", "raft":
                    guard let path else { throw block.error("storage \"\(kind)\" needs a path") }
                    storage = .sqlite(path: path + "/vault.db")
                    warnings.append("storage \"\(kind)\" is served by the embedded SQLite store at \(path)/vault.db")
                case "inmem": storage = .memory
                default: throw block.error("unknown storage type; expected \"sqlite\"")
                }
            }
        }
    }

    private mutating func readScalars(_ body: HCLBody) throws(HCLError) {
        if let value = try body.value(named: "api_addr")?.stringValue { settings.apiAddress = value }
        if let value = try body.value(named: "cluster_name")?.stringValue { settings.clusterName = value }
        if let value = try body.value(named: "log_level")?.stringValue { logLevel = value }
        if let item = try body.item(named: "log_format") {
            guard let format = item.value.stringValue.flatMap(LogOutput.Format.init(rawValue:)) else {
                throw item.error("expected \"standard\" or \"json\"")
            }
            logFormat = format
        }
        if let item = try body.item(named: "default_lease_ttl") {
            settings.limits.defaultLeaseTTL = try Self.seconds(item)
        }
        if let item = try body.item(named: "max_lease_ttl") { settings.limits.maxLeaseTTL = try Self.seconds(item) }
        if try body.value(named: "unsafe_allow_api_audit_creation")?.boolean ?? false {
            settings.allowsAuditDevices = true
        }
    }

    private static func seconds(_ item: HCLItem) throws(HCLError) -> Int {
        guard let duration = item.value.duration, !duration.isNegative else { throw item.error("expected a duration") }
        return Int(clamping: duration.secondsNotNone)
    }

    private mutating func readCompatibility(_ body: HCLBody) throws(HCLError) {
        for block in try body.blocks(named: "compatibility", labels: 0) {
            if let value = try block.body.value(named: "unauthenticated_rekey")?.boolean {
                settings.allowsUnauthenticatedRekey = value
            }
            if let value = try block.body.value(named: "unauthenticated_generate_root")?.boolean {
                settings.allowsUnauthenticatedGenerateRoot = value
            }
            if let value = try block.body.value(named: "api_audit_devices")?.boolean {
                settings.allowsAuditDevices = value
            }
        }
    }

    private mutating func readAudit(_ body: HCLBody) throws(HCLError) {
        for block in try body.blocks(named: "audit", labels: 2) {
            var options: [(name: String, value: String)] = []
            for nested in try block.body.blocks(named: "options", labels: 0) {
                for item in nested.body.items { options.append((item.name, try Self.text(item))) }
            }
            for item in block.body.items where item.name != "options" && item.name != "description" {
                options.append((item.name == "path" ? "file_path" : item.name, try Self.text(item)))
            }
            let path = block.labels.count > 1 ? block.labels[1] : block.labels.first ?? "file"
            settings.declaredDevices.append(
                AuditDeviceEntry(
                    path: path + "/", type: block.labels.first ?? "",
                    description: try block.body.value(named: "description")?.stringValue ?? "", options: options,
                    salt: SecureRandom.uuid(), isDeclared: true))
        }
    }

    private static func text(_ item: HCLItem) throws(HCLError) -> String {
        if let text = item.value.stringValue { return text }
        if let flag = item.value.boolean { return flag ? "true" : "false" }
        if let number = item.value.integer { return String(number) }
        throw item.error("expected a string")
    }
}
