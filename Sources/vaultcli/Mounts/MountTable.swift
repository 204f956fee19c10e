internal import Notation

/// Mounts as a table.
enum MountTable {
    /// The kinds of mounts, which show different columns.
    enum Kind {
        /// Engines.
        case secrets
        /// Ways to log in.
        case auth
    }

    /// The table.
    ///
    /// - Parameters:
    ///   - mounts: paths and their properties.
    ///   - kind: what is mounted.
    ///   - detailed: whether all columns are shown.
    /// - Returns: lines without a line feed at the end.
    static func text(_ mounts: JSONObject, _ kind: Kind, detailed: Bool) -> String {
        let columns = detailed ? detailedColumns(kind) : plainColumns(kind)
        let sorted = mounts.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let rows = sorted.map { mount in [mount.name] + columns.map { $0.cell(mount.value) } }
        return Table.columns([["Path"] + columns.map(\.title)] + rows)
    }

    private typealias Column = (title: String, cell: (JSON) -> String)

    private static func plainColumns(_ kind: Kind) -> [Column] {
        let columns = [member("Type", "type"), member("Accessor", "accessor"), member("Description", "description")]
        return kind == .auth ? columns + [member("Version", "plugin_version")] : columns
    }

    private static func detailedColumns(_ kind: Kind) -> [Column] {
        [
            member("Plugin", "type"), member("Accessor", "accessor"),
            ("Default TTL", { lifetime($0, "default_lease_ttl") }), ("Max TTL", { lifetime($0, "max_lease_ttl") }),
            kind == .auth
                ? ("Token Type", { CellText.cell($0["config"]?["token_type"] ?? "") })
                : ("Force No Cache", { CellText.cell($0["config"]?["force_no_cache"] ?? false) }),
            ("Replication", { $0["local"]?.boolValue == true ? "local" : "replicated" }),
            member("Seal Wrap", "seal_wrap"), member("External Entropy Access", "external_entropy_access"),
            ("Options", { options($0["options"]) }),
            member("Description", "description"), member("UUID", "uuid"), member("Version", "plugin_version"),
            member("Running Version", "running_plugin_version"), member("Running SHA256", "running_sha256"),
            member("Deprecation Status", "deprecation_status"),
        ]
    }

    private static func member(_ title: String, _ name: String) -> Column {
        (title, { CellText.cell($0[name] ?? "") })
    }

    /// A time of 0 means that the server's own applies; mounts without leases have none.
    private static func lifetime(_ mount: JSON, _ name: String) -> String {
        if let type = mount["type"]?.stringValue, ["system", "cubbyhole"].contains(type) { return "n/a" }
        let seconds = mount["config"]?[name]?.intValue ?? 0
        return seconds == 0 ? "system" : String(seconds)
    }

    private static func options(_ value: JSON?) -> String {
        CellText.cell(value?.objectValue == nil ? .object(JSONObject()) : value ?? .null)
    }
}
