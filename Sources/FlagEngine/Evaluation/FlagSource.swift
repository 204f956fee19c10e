/// Everything about a flag in one environment from which its compiled form is made.
package struct FlagSource: Sendable {
    /// The flag's key.
    package let key: String
    /// What the flag is.
    package let definition: FlagDefinition
    /// The definition's version.
    package let definitionVersion: Int
    /// Whether the flag is archived.
    package let isArchived: Bool
    /// How it behaves in the environment; `nil` when it has no state there.
    package let state: FlagState?
    /// The state's version; 0 without one.
    package let stateVersion: Int
    /// Whether it is killed there.
    package let isKilled: Bool
    /// The newest revision of definition and state.
    package let revision: UInt64

    /// Makes a source.
    package init(
        key: String, definition: FlagDefinition, definitionVersion: Int, isArchived: Bool = false,
        state: FlagState?, stateVersion: Int = 0, isKilled: Bool = false, revision: UInt64 = 0
    ) {
        self.key = key
        self.definition = definition
        self.definitionVersion = definitionVersion
        self.isArchived = isArchived
        self.state = state
        self.stateVersion = stateVersion
        self.isKilled = isKilled
        self.revision = revision
    }
}

/// A segment of one environment from which its compiled form is made.
package struct SegmentSource: Sendable {
    /// The segment's name.
    package let name: String
    /// Who is in it.
    package let segment: Segment
    /// The segment's version.
    package let version: Int
    /// The revision of that version.
    package let revision: UInt64

    /// Makes a source.
    package init(name: String, segment: Segment, version: Int, revision: UInt64 = 0) {
        self.name = name
        self.segment = segment
        self.version = version
        self.revision = revision
    }
}
