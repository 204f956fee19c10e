/// What a flag is for, which decides how long it is expected to live.
package enum FlagKind: String, CaseIterable, Sendable {
    /// Brings a feature out and goes away afterwards.
    case release
    /// Compares variations and goes away afterwards.
    case experiment
    /// Controls operation, for example during an incident or a migration.
    case ops
    /// Says who may use something; it is meant to stay.
    case permission
}
