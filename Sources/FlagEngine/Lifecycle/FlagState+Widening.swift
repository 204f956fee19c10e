import EngineKit
import Notation

extension FlagState {
    /// This state with a variation given to more by the fallthrough.
    ///
    /// Nobody who gets the variation loses it, and nobody moves between others: the variation's range of buckets grows
    /// at its end into its followers, and when they are used up, at its start into those before it. A smaller share
    /// than the present one changes nothing. At 100 percent the split gives way to the variation itself.
    ///
    /// - Parameters:
    ///   - variation: The variation that spreads.
    ///   - weight: How many get it, in thousandths of a percent; more than all counts as all.
    package func widened(_ variation: String, to weight: Int) -> FlagState {
        var state = self
        state.fallThrough = fallThrough.widened(variation, to: weight)
        return state
    }
}

extension Serve {
    /// What is served with a variation given to more; see ``FlagState/widened(_:to:)``.
    package func widened(_ variation: String, to weight: Int) -> Serve {
        guard weight > 0 else { return self }
        if weight >= Percentage.whole { return .variation(variation) }
        switch self {
        case .variation(let name):
            if name.bytesEqual(to: variation) { return self }
            return .split([
                Share(variation: variation, weight: weight),
                Share(variation: name, weight: Percentage.whole - weight),
            ])
        case .split(var shares):
            if !shares.contains(where: { $0.variation.bytesEqual(to: variation) }) {
                shares.insert(Share(variation: variation, weight: 0), at: 0)
            }
            guard let place = shares.firstIndex(where: { $0.variation.bytesEqual(to: variation) }) else { return self }
            var missing = weight - shares[place].weight
            guard missing > 0 else { return self }
            shares[place].weight = weight
            for index in Array(shares.indices[(place + 1)...]) + shares.indices[..<place].reversed() {
                let taken = min(shares[index].weight, missing)
                shares[index].weight -= taken
                missing -= taken
            }
            return .split(shares)
        }
    }
}
