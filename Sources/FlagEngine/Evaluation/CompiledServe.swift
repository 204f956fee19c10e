/// What is served, with variations by their place in the definition; a name that is not there has the place -1.
enum CompiledServe: Sendable {
    case variation(Int)
    /// Parts in order: the bucket each ends before, and its variation.
    case split([Part])

    struct Part: Sendable {
        let end: Int
        let variation: Int
    }

    init(_ serve: Serve, definition: FlagDefinition) {
        switch serve {
        case .variation(let name): self = .variation(definition.index(ofVariation: name) ?? -1)
        case .split(let shares):
            var end = 0
            self = .split(
                shares.map { share in
                    end &+= share.weight
                    return Part(end: end, variation: definition.index(ofVariation: share.variation) ?? -1)
                })
        }
    }
}
