internal import Notation

/// Who gets what by chance: variations and their shares, in the order of their ranges of buckets.
///
/// Someone's bucket is a number from 0 to 99,999 that stays; the variations take consecutive ranges. So an order that
/// stays and a range that changes at one end leave everybody else where they are.
struct FlagSplit: Sendable {
    /// One variation's share.
    struct Share: Sendable {
        /// The variation's name.
        var variation: String
        /// Thousandths of a percent.
        var weight: Int
    }

    /// The shares; the weights sum to 100,000.
    private(set) var shares: [Share]

    /// Reads what a rule or the fallthrough serves.
    ///
    /// - Parameter serve: a variation, which is a split in which everyone gets it, or a split.
    /// - Returns: `nil` when it is neither, or the weights do not sum to 100,000.
    init?(_ serve: JSON?) {
        if let variation = serve?["variation"]?.stringValue, serve?["percent"] == nil {
            shares = [Share(variation: variation, weight: Percent.whole)]
            return
        }
        var shares: [Share] = []
        for part in serve?["split"]?.arrayValue ?? [] {
            guard let variation = part["variation"]?.stringValue, let weight = part["weight"]?.intValue,
                (0...Percent.whole).contains(weight)
            else { return nil }
            shares.append(Share(variation: variation, weight: weight))
        }
        // The API allows a hundred shares, so the sum of what was just checked is far from any limit.
        guard shares.count <= 100, shares.reduce(0, { $0 + $1.weight }) == Percent.whole else { return nil }
        self.shares = shares
    }

    /// The split with a variation's share set.
    ///
    /// A share that grows takes from the variations behind it, then from those before it; nobody who has the variation
    /// loses it. A share that shrinks gives to its neighbour behind, else to the one before; nobody else moves.
    ///
    /// - Parameters:
    ///   - variation: the variation.
    ///   - percent: its share afterwards.
    ///   - others: what the rest gets where there is no other variation yet.
    /// - Returns: the split, or `nil` when there is nothing for the rest to get.
    func giving(_ variation: String, _ percent: Percent, others: String?) -> FlagSplit? {
        var result = self
        if result.index(of: variation) == nil { result.shares.insert(Share(variation: variation, weight: 0), at: 0) }
        if result.shares.count == 1, percent.thousandths < Percent.whole {
            guard let others, !others.bytesEqual(to: variation) else { return nil }
            result.shares.append(Share(variation: others, weight: 0))
        }
        guard let place = result.index(of: variation) else { return nil }
        let growth = percent.thousandths - result.shares[place].weight
        result.shares[place].weight = percent.thousandths
        if growth < 0 {
            let neighbour = place + 1 < result.shares.count ? place + 1 : place - 1
            result.shares[neighbour].weight -= growth
            return result
        }
        var missing = growth
        for index in Array(result.shares.indices[(place + 1)...]) + result.shares.indices[..<place].reversed() {
            let taken = min(result.shares[index].weight, missing)
            result.shares[index].weight -= taken
            missing -= taken
        }
        return result
    }

    /// The split as the API takes it: the variation alone when everyone gets it, which then needs no targeting key.
    var json: JSON {
        if let all = shares.first(where: { $0.weight == Percent.whole }) {
            return ["variation": .string(all.variation)]
        }
        return [
            "split": .array(
                shares.map { ["variation": .string($0.variation), "weight": .integer($0.weight)] })
        ]
    }

    private func index(of variation: String) -> Int? {
        shares.firstIndex { $0.variation.bytesEqual(to: variation) }
    }
}

/// What a rule or the fallthrough serves, for people.
enum FlagServeText {
    /// The text: a variation's name, or shares such as `on 25%, off 75%`.
    ///
    /// - Parameter serve: what is served.
    /// - Returns: the text; JSON for what is neither.
    static func text(_ serve: JSON?) -> String {
        guard let serve else { return "" }
        guard let split = FlagSplit(serve) else { return CellText.field(serve) }
        if split.shares.count == 1 { return split.shares[0].variation }
        return split.shares.map { "\($0.variation) \(Percent(thousandths: $0.weight).text)" }
            .joined(separator: ", ")
    }
}
