internal import Notation

/// Change sets for people.
enum ChangeSetText {
    /// A change set with what it changes, what is wrong with it and what it waits for.
    ///
    /// - Parameter set: the change set as the server shows it.
    /// - Returns: lines without a line feed at the end.
    static func text(_ set: JSON) -> String {
        var lines = [line(set)]
        if let message = set["message"]?.stringValue, !message.isEmpty { lines.append(CellText.printable(message)) }
        for case (let title, let value?) in [
            ("By", set["author"] ?? set["created_by"]), ("At", set["created_time"]),
            ("Scheduled for", set["scheduled_for"] ?? set["at"]),
        ] where !CellText.field(value).isEmpty && value.kind != .null {
            lines.append(CellText.printable("\(title): \(CellText.field(value))"))
        }
        let diff = diff(set["diff"])
        if !diff.isEmpty { lines += ["", diff] }
        lines += affected(set["affected"]) + list("Problems:", set["problems"])
        lines += list("Approvals:", set["approvals"])
        return lines.joined(separator: "\n")
    }

    /// A change set in a line.
    ///
    /// - Parameter set: the change set as the server shows it.
    /// - Returns: its identifier, its state and how many approvals it still needs.
    static func line(_ set: JSON) -> String {
        var line = "Change set \(CellText.field(set["id"] ?? "")): \(CellText.field(set["state"] ?? ""))"
        if let needed = set["approvals_needed"]?.intValue, needed > 0 {
            line += needed == 1 ? ", 1 approval is missing" : ", \(needed) approvals are missing"
        }
        return CellText.printable(line)
    }

    /// What changes, item by item.
    ///
    /// - Parameter diff: the list of items with their changes.
    /// - Returns: the path of each item, and below it what was there behind a minus and what comes behind a plus.
    static func diff(_ diff: JSON?) -> String {
        (diff?.arrayValue ?? []).map { item in
            let kind = item["kind"]?.stringValue.map { "\($0) " } ?? ""
            let head = CellText.printable(kind + (item["path"]?.stringValue ?? ""))
            let lines = ChangeText.lines(item["changes"], indent: "  ")
            return ([head] + (lines.isEmpty ? ["  (no difference)"] : lines)).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Whether something is wrong with a change set.
    ///
    /// - Parameter set: the change set as the server shows it.
    /// - Returns: whether it names problems.
    static func hasProblems(_ set: JSON) -> Bool {
        !(set["problems"]?.arrayValue ?? []).isEmpty
    }

    /// What is in the way of a change set.
    ///
    /// - Parameter data: what came with the refusal.
    /// - Returns: lines without a line feed at the end.
    static func obstacles(_ data: JSON) -> String {
        (list("Problems:", data["problems"]) + list("Items:", data["items"])).dropFirst().joined(separator: "\n")
    }

    /// Whom the items reach, those apart that reach nobody who has told of itself.
    private static func affected(_ value: JSON?) -> [String] {
        let lines = (value?.arrayValue ?? []).compactMap { item -> String? in
            var words: [String] = []
            let services = item["services"]?.arrayValue?.compactMap(\.stringValue) ?? []
            if !services.isEmpty {
                let live = item["instances"]?.intValue ?? 0
                let silent = item["silent"]?.intValue ?? 0
                let besides = silent > 0 ? " and \(silent) silent ones" : ""
                words.append("\(live) instances\(besides) of \(services.joined(separator: ", "))")
            }
            if let environment = item["environment"]?.stringValue { words.append("environment \(environment)") }
            for use in item["references"]?.arrayValue ?? [] {
                words.append("\(CellText.field(use["key"] ?? "")) in \(CellText.field(use["layer"] ?? ""))")
            }
            guard !words.isEmpty else { return nil }
            let place = ["kind", "path"].compactMap { item[$0]?.stringValue }.joined(separator: " ")
            return "  " + CellText.printable("\(place): \(words.joined(separator: ", "))")
        }
        return lines.isEmpty ? [] : ["", "Affected:"] + lines
    }

    /// A list under a title; nothing for an empty one.
    private static func list(_ title: String, _ value: JSON?) -> [String] {
        let lines: [String]
        switch value {
        case .array(let elements)?: lines = elements.map(element)
        case .object(let object)?: lines = object.members.map { "\($0.name): \(CellText.field($0.value))" }
        default: lines = []
        }
        return lines.isEmpty ? [] : ["", title] + lines.map { "  " + CellText.printable($0) }
    }

    private static func element(_ value: JSON) -> String {
        guard let object = value.objectValue else { return CellText.field(value) }
        let facts = object.members.filter { !["path", "kind", "item"].contains($0.name) }.map {
            CellText.field($0.value)
        }
        let place = ["kind", "path"].compactMap { object[$0]?.stringValue }.joined(separator: " ")
        let text = facts.filter { !$0.isEmpty }.joined(separator: ", ")
        return place.isEmpty ? text : "\(place): \(text)"
    }
}
