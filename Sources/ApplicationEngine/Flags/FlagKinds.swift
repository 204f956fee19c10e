package import Notation

/// What kind a flag is in the words of this door, and the variations that matter to them.
package struct FlagKinds {
    /// Whether the flag is on or off, and nothing else.
    package let isBoolean: Bool
    /// The variation of those who get the feature: of a multivariate flag, its first.
    package let on: String
    /// The variation of those who do not, where nothing else is said.
    package let off: String

    /// The variations of a boolean flag that this door makes.
    package static let boolean = FlagKinds(isBoolean: true, on: "on", off: "off")

    private init(isBoolean: Bool, on: String, off: String) {
        self.isBoolean = isBoolean
        self.on = on
        self.off = off
    }

    /// Looks at a definition of `flags/`.
    package init(_ definition: JSONObject) {
        let variations = definition["variations"]?.objectValue?.members ?? []
        let named = { (value: Bool) in variations.first { $0.value.boolValue == value }?.name }
        let first = variations.first?.name ?? ""
        isBoolean = definition["type"]?.stringValue?.bytesEqual(to: "boolean") ?? false
        on = named(true) ?? first
        off = named(false) ?? first
    }

    /// A multivariate flag.
    package init(variations: JSONObject) { self.init(["type": "string", "variations": .object(variations)]) }
}
