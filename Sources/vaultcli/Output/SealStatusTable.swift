internal import Notation

/// The state of a seal, and of the cluster, for people.
enum SealStatusTable {
    /// The table.
    ///
    /// - Parameters:
    ///   - status: the answer of `sys/seal-status`.
    ///   - leader: the answer of `sys/leader`, when there is one.
    /// - Returns: lines without a line feed at the end.
    static func text(_ status: JSON, leader: JSON? = nil) -> String {
        Table.keyed(sealRows(status) + leaderRows(leader))
    }

    private static func sealRows(_ status: JSON) -> [(String, String)] {
        let isSealed = status["sealed"]?.boolValue ?? false
        var rows = present(
            status,
            [
                ("Seal Type", "type"), ("Recovery Seal Type", "recovery_seal_type"), ("Initialized", "initialized"),
                ("Sealed", "sealed"), ("Total Shares", "n"), ("Threshold", "t"),
            ])
        if isSealed {
            rows.append(("Unseal Progress", "\(number(status, "progress"))/\(number(status, "t"))"))
            rows.append(("Unseal Nonce", status["nonce"]?.stringValue ?? ""))
        }
        if status["migration"]?.boolValue == true { rows.append(("Seal Migration in Progress", "true")) }
        return rows
            + present(
                status,
                [
                    ("Version", "version"), ("Build Date", "build_date"), ("Commit Date", "commit_date"),
                    ("Storage Type", "storage_type"), ("Cluster Name", "cluster_name"), ("Cluster ID", "cluster_id"),
                ])
    }

    private static func leaderRows(_ leader: JSON?) -> [(String, String)] {
        guard let leader else { return [] }
        guard leader["ha_enabled"]?.boolValue == true else { return [("HA Enabled", "false")] }
        let isActive = leader["is_self"]?.boolValue == true
        var rows = [("HA Enabled", "true")] + present(leader, [("HA Cluster", "leader_cluster_address")])
        rows.append(("HA Mode", isActive ? "active" : "standby"))
        rows +=
            isActive
            ? present(leader, [("Active Since", "active_time")])
            : present(leader, [("Active Node Address", "leader_address")])
        return rows
            + present(
                leader,
                [("Raft Committed Index", "raft_committed_index"), ("Raft Applied Index", "raft_applied_index")])
    }

    /// The rows whose value is there and not empty.
    private static func present(_ value: JSON, _ rows: [(title: String, name: String)]) -> [(String, String)] {
        rows.compactMap { row in
            guard let cell = value[row.name].map(CellText.field), !cell.isEmpty else { return nil }
            return (row.title, cell)
        }
    }

    private static func number(_ value: JSON, _ name: String) -> Int {
        value[name]?.intValue ?? 0
    }
}
