package import EngineKit
package import Notation

/// The shares of variations: percentages here, thousandths of a percent in `flags/`.
package enum Shares {
    /// What `flags/` gives for a list of `{key, percentageSplit}`.
    ///
    /// - Parameter field: the list, whose other members are somebody else's.
    /// - Returns: a variation where one has everything, a split otherwise; `nil` when no element has a share.
    package static func serve(_ field: ModelField) throws(ModelError) -> JSON? {
        var shares: [(key: String, weight: Int)] = []
        var isSaid = false
        for element in try field.elements(limit: 100) {
            let object = try ModelObject(element, allowing: FlagVariation.members)
            let key = try object.required("key").name()
            guard let share = object["percentageSplit"] else {
                shares.append((key, 0))
                continue
            }
            isSaid = true
            shares.append((key, try Percentage.read(share)))
        }
        guard isSaid else { return nil }
        // Each is at most the whole, and there are at most a hundred.
        guard shares.reduce(0, { $0 + $1.weight }) == Percentage.whole else {
            throw field.failure("the percentageSplit values must sum to 100")
        }
        if let only = shares.first(where: { $0.weight == Percentage.whole }) { return ["variation": .string(only.key)] }
        return [
            "split": .array(shares.map { ["variation": .string($0.key), "weight": .integer($0.weight)] })
        ]
    }

    /// The share that a serve of `flags/` gives a variation, as a percentage.
    package static func percentage(of variation: String, in serve: JSON) -> JSON {
        if let only = serve["variation"]?.stringValue { return only.bytesEqual(to: variation) ? 100 : 0 }
        let share = (serve["split"]?.arrayValue ?? []).first { share in
            share["variation"]?.stringValue?.bytesEqual(to: variation) ?? false
        }
        return Percentage.json(share?["weight"]?.intValue ?? 0)
    }

    /// A share of everybody for one variation: nobody and everybody get theirs without a bucket.
    ///
    /// - Parameters:
    ///   - field: the percentage.
    ///   - variation: the variation.
    ///   - other: what the rest gets.
    package static func serve(
        _ field: ModelField, of variation: String, over other: String
    ) throws(ModelError) -> JSON {
        switch try Percentage.read(field) {
        case 0: ["variation": .string(other)]
        case Percentage.whole: ["variation": .string(variation)]
        default: ["percent": field.json, "variation": .string(variation)]
        }
    }
}
