extension RowKey {
    /// The smallest key that sorts after this one; `nil` after the last.
    var successor: RowKey? {
        var words = words
        for index in (0..<5).reversed() {
            let (sum, overflow) = words[index].addingReportingOverflow(1)
            words[index] = sum
            if !overflow { return RowKey(words) }
        }
        return nil
    }
}

extension RowRange {
    /// The smallest and the largest key the range can hold.
    var bounds: ClosedRange<RowKey> {
        switch self {
        case .all:
            RowKey(InlineArray(repeating: .min))...RowKey(InlineArray(repeating: .max))
        case .realm(let tag):
            RowKey([tag, .min, .min, .min, .min])...RowKey([tag, .max, .max, .max, .max])
        case .folder(let realm, let high, let low):
            RowKey([realm, high, low, .min, .min])...RowKey([realm, high, low, .max, .max])
        }
    }

    /// The keys of the range that sort after a key; `nil` when there can be none.
    func bounds(after key: RowKey?) -> ClosedRange<RowKey>? {
        let whole = bounds
        guard let key else { return whole }
        guard let next = key.successor, next <= whole.upperBound else { return nil }
        return max(next, whole.lowerBound)...whole.upperBound
    }
}
