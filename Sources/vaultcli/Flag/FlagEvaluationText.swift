internal import Notation

/// Evaluations for people.
enum FlagEvaluationText {
    /// One evaluation, with its steps when they were asked for.
    ///
    /// - Parameter answer: the answer about a flag.
    /// - Returns: lines without a line feed at the end.
    static func one(_ answer: JSON) -> String {
        var rows: [(String, String)] = []
        for name in ["key", "environment", "value", "variation", "reason", "error_code", "error_details"] {
            if let value = answer[name] { rows.append((name, CellText.cell(value))) }
        }
        if let rule = answer["rule"] { rows.append(("rule", CellText.field(rule["id"] ?? ""))) }
        if let bucket = answer["bucket"]?.intValue {
            // A bucket below a share's end is in the share, so it is shown on the scale of shares.
            rows.append(("bucket", "\(bucket) (\(Percent(thousandths: bucket).text))"))
        }
        for name in ["prerequisite", "type", "version", "revision", "receipt"] {
            if let value = answer[name] { rows.append((name, CellText.cell(value))) }
        }
        let steps = answer["trace"]?.arrayValue ?? []
        guard !steps.isEmpty else { return Table.keyed(rows) }
        return Table.keyed(rows) + "\n\nSteps\n-----\n" + steps.map(step).joined(separator: "\n")
    }

    /// All evaluations, a line each.
    ///
    /// - Parameter answer: the answer about all flags.
    /// - Returns: lines without a line feed at the end.
    static func overview(_ answer: JSON) -> String {
        let flags = answer["flags"]?.arrayValue ?? []
        guard !flags.isEmpty else { return "There is no flag that this token may evaluate" }
        let rows = flags.map { flag in
            [
                CellText.field(flag["key"] ?? ""), flag["value"].map(CellText.cell) ?? "-",
                CellText.field(flag["variation"] ?? "-"), CellText.field(flag["error_code"] ?? flag["reason"] ?? ""),
            ]
        }
        return Table.columns([["Flag", "Value", "Variation", "Reason"]] + rows)
    }

    private static func step(_ step: JSON) -> String {
        let text: String
        switch step["step"]?.stringValue {
        case "state":
            let isArchived = step["archived"]?.boolValue ?? false
            text = "the flag is " + (isArchived ? "archived" : FlagStateText.mode(step))
        case "prerequisite":
            let served = step["served"]?.stringValue ?? "no variation"
            text =
                "needs \(word(step, "flag")) = \(word(step, "wanted")), which serves \(served): "
                + (isTrue(step, "met") ? "met" : "not met")
        case "targets": text = "a target of kind \(word(step, "kind")): " + yes(step, "matched")
        case "rule":
            let lines = (step["conditions"]?.arrayValue ?? []).flatMap { condition($0, indent: "    ") }
            text = (["rule \(word(step, "id")): " + (isTrue(step, "matched") ? "holds" : "does not hold")] + lines)
                .joined(separator: "\n")
        case "fallthrough": text = "nothing before it decided: the fallthrough"
        case "split":
            let bucket = step["bucket"].map(CellText.field) ?? ""
            text =
                "a split by \(word(step, "sticky_by")), bucket \(bucket)"
                + (isTrue(step, "stored_assignment") ? ", as assigned before" : "")
        default: text = CellText.field(step)
        }
        return CellText.printable(text)
    }

    private static func condition(_ condition: JSON, indent: String) -> [String] {
        let negation = isTrue(condition, "negate") ? "not " : ""
        let outcome = word(condition, "outcome")
        guard let segment = condition["segment"]?.stringValue else {
            return ["\(indent)\(word(condition, "attribute")) \(negation)\(word(condition, "operator")): \(outcome)"]
        }
        let by = condition["by"].map { " (\(CellText.field($0)))" } ?? ""
        // A segment never holds a segment, so there is one level below at most.
        let inner = (condition["conditions"]?.arrayValue ?? []).map { inner in
            "\(indent)    \(word(inner, "attribute")) \(word(inner, "operator")): \(word(inner, "outcome"))"
        }
        return ["\(indent)\(negation)segment \(segment): \(outcome)\(by)"] + inner
    }

    private static func word(_ step: JSON, _ name: String) -> String {
        step[name].map(CellText.field) ?? ""
    }

    private static func isTrue(_ step: JSON, _ name: String) -> Bool {
        step[name]?.boolValue ?? false
    }

    private static func yes(_ step: JSON, _ name: String) -> String {
        isTrue(step, name) ? "yes" : "no"
    }
}
