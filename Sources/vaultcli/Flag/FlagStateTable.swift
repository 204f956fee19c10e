internal import Notation

/// One state of a flag, for people.
enum FlagStateTable {
    /// The table: what everyone gets, then targets and rules in the order in which they count.
    ///
    /// - Parameter state: the state as the API has it.
    /// - Returns: lines without a line feed at the end.
    static func text(_ state: JSON) -> String {
        var rows = [
            ("key", CellText.field(state["key"] ?? "")), ("environment", CellText.field(state["environment"] ?? "")),
            ("state", FlagStateText.mode(state)),
        ]
        if let reason = state["kill_reason"] { rows.append(("kill_reason", CellText.cell(reason))) }
        rows.append(("serves", FlagServeText.text(state["fallthrough"])))
        let prerequisites = (state["prerequisites"]?.arrayValue ?? []).map {
            "\(CellText.field($0["flag"] ?? "")) = \(CellText.field($0["variation"] ?? ""))"
        }
        if !prerequisites.isEmpty { rows.append(("prerequisites", prerequisites.joined(separator: ", "))) }
        let names = [
            "off_variation", "sticky_by", "version", "revision", "action", "reason", "updated_by", "updated_time",
        ]
        rows += names.compactMap { name in state[name].map { (name, CellText.cell($0)) } }
        var blocks = [Table.keyed(rows)]
        if let targets = state["targets"]?.arrayValue, !targets.isEmpty { blocks.append(table(targets: targets)) }
        if let rules = state["rules"]?.arrayValue, !rules.isEmpty { blocks.append(table(rules: rules)) }
        return blocks.joined(separator: "\n\n")
    }

    /// The rules in the order in which they are tried.
    ///
    /// - Parameter rules: the rules as the API has them.
    /// - Returns: lines without a line feed at the end.
    static func table(rules: [JSON]) -> String {
        let rows = rules.enumerated().map { index, rule in
            [
                String(index + 1), CellText.field(rule["id"] ?? ""),
                FlagCondition.text(all: rule["if"]?.arrayValue ?? []), FlagServeText.text(rule["serve"]),
                rule["description"]?.stringValue ?? "",
            ]
        }
        return Table.columns([["#", "Rule", "If", "Serves", "Description"]] + rows)
    }

    private static func table(targets: [JSON]) -> String {
        let rows = targets.map { target in
            let keys = target["keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
            // A list can have thousands; the machine formats show them all.
            let shown = keys.prefix(10).joined(separator: ", ") + (keys.count > 10 ? ", … (\(keys.count))" : "")
            return [CellText.field(target["variation"] ?? ""), CellText.field(target["kind"] ?? ""), shown]
        }
        return Table.columns([["Variation", "Kind", "Targets"]] + rows)
    }
}
