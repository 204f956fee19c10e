internal import Notation

/// Ramps for people.
enum FlagRampText {
    /// A ramp in a line: what it does, how far it is, and what comes next.
    ///
    /// - Parameter ramp: the ramp as the API has it.
    /// - Returns: for example `Ramp of shop in prod: running, 10% get on (step 2 of 4) until 2027-01-01T00:00:00Z`.
    static func line(_ ramp: JSON) -> String {
        let phase = text(ramp, "phase")
        let head = "Ramp of \(text(ramp, "flag")) in \(text(ramp, "environment")): \(phase)"
        let reason = ramp["reason"]?.stringValue.flatMap { $0.isEmpty ? nil : ": " + $0 } ?? ""
        if phase.bytesEqual(to: "aborted") { return CellText.printable(head + ", all is as before the ramp" + reason) }
        let count = JSON.integer(ramp["steps"]?.arrayValue?.count ?? 0)
        let reached =
            "\(ramp["percent"].map(percent) ?? "") get \(text(ramp, "target_variation")) "
            + "(step \(step(ramp["step"], of: count)))"
        let closed = ramp["waiting_for"]?.arrayValue ?? []
        let next =
            closed.isEmpty
            ? ramp["due"]?.stringValue.map { " until " + $0 } ?? ""
            : ", for " + closed.map { gate($0, ramp) }.joined(separator: " and ")
        return CellText.printable("\(head), \(reached)\(next)\(reason)")
    }

    /// All about a ramp, then its steps.
    ///
    /// - Parameter ramp: the ramp as the API has it.
    /// - Returns: lines without a line feed at the end.
    static func table(_ ramp: JSON) -> String {
        let steps = ramp["steps"]?.arrayValue ?? []
        var rows = ["flag", "environment", "target_variation", "phase"].map { ($0, text(ramp, $0)) }
        rows.append(("percent", ramp["percent"].map(percent) ?? ""))
        rows.append(("step", step(ramp["step"], of: .integer(steps.count))))
        rows.append(("step_started", text(ramp, "step_started")))
        if let due = ramp["due"]?.stringValue { rows.append(("due", due)) }
        let closed = (ramp["waiting_for"]?.arrayValue ?? []).map { gate($0, ramp) }
        if !closed.isEmpty { rows.append(("waiting_for", closed.joined(separator: ", "))) }
        let approvals = ramp["approvals"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if !approvals.isEmpty { rows.append(("approvals", approvals.joined(separator: ", "))) }
        if let reason = ramp["reason"]?.stringValue, !reason.isEmpty { rows.append(("reason", reason)) }
        rows.append(("samples", text(ramp, "samples")))
        for metric in ramp["metrics"]?.objectValue?.members ?? [] {
            rows.append(("metric \(metric.name)", seen(metric.value)))
        }
        rows += ["started_by", "started_time"].map { ($0, text(ramp, $0)) }
        return Table.keyed(rows) + "\n\n" + table(steps: steps, present: ramp["step"]?.intValue ?? 0, ramp)
    }

    /// A share as the API has it, in percent.
    ///
    /// - Parameter value: the number, or `null`.
    /// - Returns: for example `12.5%`; empty for what is no number.
    static func percent(_ value: JSON) -> String {
        guard case .number(let text) = value else { return "" }
        return text + "%"
    }

    /// The place of a step, as people count.
    ///
    /// - Parameters:
    ///   - step: the place, from 0.
    ///   - count: how many there are.
    /// - Returns: for example `2 of 4`.
    static func step(_ step: JSON?, of count: JSON?) -> String {
        // A place that does not fit is a half-written answer; a number is shown all the same.
        guard let index = step?.intValue, index < Int.max, let count = count?.intValue else { return "" }
        return "\(index + 1) of \(count)"
    }

    /// A gate.
    ///
    /// - Parameters:
    ///   - gate: the gate as the API has it.
    ///   - ramp: the ramp, to tell how much is there already; `nil` for the gate alone.
    /// - Returns: for example `2 approvals (1 so far)` or `errors <= 0.05, else abort`.
    static func gate(_ gate: JSON, _ ramp: JSON? = nil) -> String {
        switch gate["kind"]?.stringValue {
        case "time": return "the time " + text(gate, "at")
        case "approval":
            let count = gate["approvals"]?.intValue ?? 1
            return "\(count) approval" + (count == 1 ? "" : "s") + soFar(ramp?["approvals"]?.arrayValue?.count)
        case "sample": return "a sample of \(text(gate, "minimum"))" + soFar(ramp?["samples"]?.intValue)
        case "guard":
            let metric = text(gate, "metric")
            let bounds = [("min", ">="), ("max", "<=")].compactMap { name, sign in
                gate[name].map { "\(metric) \(sign) \(CellText.field($0))" }
            }
            let isWithout = ramp.map { $0["metrics"]?[metric]?["mean"]?.isNull ?? true } ?? false
            let breach = gate["on_breach"]?.stringValue.map { ", else " + $0 } ?? ""
            return bounds.joined(separator: " and ") + breach + (isWithout ? " (nothing tracked so far)" : "")
        default: return CellText.field(gate)
        }
    }

    private static func table(steps: [JSON], present: Int, _ ramp: JSON) -> String {
        let isFinished = text(ramp, "phase").bytesEqual(to: "finished")
        let rows = steps.enumerated().map { index, step in
            let gates = (step["gates"]?.arrayValue ?? []).map { gate($0) }
            let mark = index < present || isFinished ? "done" : index == present ? text(ramp, "phase") : "-"
            let hold = step["hold"]?.intValue.map { GoDuration(seconds: $0).humanText } ?? ""
            return [
                String(index + 1), step["percent"].map(percent) ?? "", hold, mark,
                gates.isEmpty ? "-" : gates.joined(separator: "; "),
            ]
        }
        return Table.columns([["#", "Percent", "Hold", "State", "Gates"]] + rows)
    }

    private static func seen(_ metric: JSON) -> String {
        guard let mean = metric["mean"], !mean.isNull else { return "nothing tracked so far" }
        return "mean \(CellText.field(mean)) of \(text(metric, "count"))"
    }

    private static func soFar(_ count: Int?) -> String {
        count.map { " (\($0) so far)" } ?? ""
    }

    private static func text(_ value: JSON, _ name: String) -> String {
        value[name].map(CellText.field) ?? ""
    }
}
