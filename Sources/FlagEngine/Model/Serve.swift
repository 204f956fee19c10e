import EngineKit
package import Notation

/// What a rule or the fallthrough gives: one variation, or shares of several.
package enum Serve: Sendable {
    /// The same variation for everyone.
    case variation(String)
    /// Shares by bucket, in this order; the weights sum to ``Percentage/whole``.
    case split([Share])

    /// One variation's part of a split.
    package struct Share: Sendable {
        /// The variation's name.
        package var variation: String
        /// How many of the 100,000 buckets it takes: thousandths of a percent.
        package var weight: Int

        /// Makes a share from a variation's name and its thousandths of a percent.
        package init(variation: String, weight: Int) {
            self.variation = variation
            self.weight = weight
        }
    }

    /// The names of the variations this can give, those with a weight of 0 included.
    package var variations: [String] {
        switch self {
        case .variation(let name): [name]
        case .split(let shares): shares.map(\.variation)
        }
    }

    /// The document.
    package var json: JSON {
        switch self {
        case .variation(let name): ["variation": .string(name)]
        case .split(let shares):
            ["split": .array(shares.map { ["variation": .string($0.variation), "weight": .integer($0.weight)] })]
        }
    }
}

extension Serve {
    /// Reads what is served.
    ///
    /// `{"percent":10,"variation":"on"}` becomes a split in two parts, the second for the off variation.
    ///
    /// - Parameters:
    ///   - field: The document.
    ///   - offVariation: What a percentage leaves the others with.
    init(_ field: ModelField, offVariation: String) throws(ModelError) {
        let object = try ModelObject(field, allowing: ["variation", "split", "percent"])
        if let split = object["split"] {
            for name in ["variation", "percent"] {
                guard let other = object[name] else { continue }
                throw other.failure("cannot stand beside split")
            }
            self = .split(try Self.shares(split))
            return
        }
        let variation = try object.required("variation")
        let name = try variation.name()
        guard let percent = object["percent"] else {
            self = .variation(name)
            return
        }
        let weight = try Percentage.read(percent)
        guard !name.bytesEqual(to: offVariation) else {
            throw variation.failure("must not be the off variation, which the others get")
        }
        self = .split([
            Share(variation: name, weight: weight),
            Share(variation: offVariation, weight: Percentage.whole - weight),
        ])
    }

    private static func shares(_ field: ModelField) throws(ModelError) -> [Share] {
        var shares: [Share] = []
        var sum = 0
        for element in try field.elements(limit: ModelLimits.variations) {
            let object = try ModelObject(element, allowing: ["variation", "weight"])
            let variation = try object.required("variation")
            let name = try variation.name()
            guard !shares.contains(where: { $0.variation.bytesEqual(to: name) }) else {
                throw variation.failure("is in the split twice")
            }
            let weight = try object.required("weight").integer(in: 0...Percentage.whole)
            shares.append(Share(variation: name, weight: weight))
            sum += weight
        }
        guard sum == Percentage.whole else {
            throw field.failure("the weights must sum to \(Percentage.whole) thousandths of a percent")
        }
        return shares
    }
}
