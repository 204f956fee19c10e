extension PolicySimulation {
    /// The outcome for people: a line with the verdict, then the rules that were weighed.
    package var report: String {
        var lines = [verdict]
        for candidate in candidates {
            let granted = candidate.capabilities.names.joined(separator: ", ")
            let origins = candidate.sources.map { "\($0.policy) line \($0.line)" }.joined(separator: ", ")
            let mark = candidate.wins ? "wins" : "less specific"
            lines.append("  path \"\(candidate.pattern)\" [\(granted)] from \(origins): \(mark)")
        }
        for omission in omissions {
            let origin = "\(omission.policy) line \(omission.line)"
            lines.append("  path \"\(omission.pattern)\" from \(origin): left out, \(omission.reason)")
        }
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        switch decision {
        case .allowed(by: .root): "allowed: the root policy allows everything"
        case .allowed(by: .help): "allowed: help is for everybody"
        case .allowed(by: .rule(let rule)): "allowed by path \"\(rule.pattern.description)\""
        case .denied(let reason): "denied: \(reason.explanation)"
        }
    }
}
