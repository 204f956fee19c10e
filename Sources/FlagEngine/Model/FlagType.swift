/// What the values of a flag are. A flag's type never changes.
package enum FlagType: String, CaseIterable, Sendable {
    /// `true` or `false`.
    case boolean
    /// A text.
    case string
    /// A whole number of 64 bits.
    case integer
    /// A number; it is always written with a fraction or an exponent, because typed clients tell `1` from `1.0`.
    case float
    /// A JSON object.
    case object
}
