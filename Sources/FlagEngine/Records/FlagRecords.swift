package import EngineKit
import Notation

/// The kinds of records that a mount of flags keeps; together they are the engine's storage schema.
///
/// Definitions, states and segments are documents: the current one under a listed kind, and each version, the current
/// one included, under a second kind with the version as ordinal.
package enum FlagRecords {
    /// The settings of the mount, one record.
    package static let settings = RecordKind(id: 1)
    /// The environments, by name.
    package static let environments = RecordKind(id: 2, isListed: true, staysOpened: true)
    /// The current definitions, by the flags' keys.
    package static let definitions = RecordKind(id: 3, isListed: true)
    /// The versions of definitions.
    package static let definitionVersions = RecordKind(id: 4)
    /// The current states, by environment and flag.
    package static let states = RecordKind(id: 5, isListed: true)
    /// The versions of states.
    package static let stateVersions = RecordKind(id: 6)
    /// The current segments, by environment and name.
    package static let segments = RecordKind(id: 7, isListed: true)
    /// The versions of segments.
    package static let segmentVersions = RecordKind(id: 8)
    /// The revision of the mount, one record; each change of a document counts it up.
    package static let head = RecordKind(id: 9, staysOpened: true)
    /// What changed with a revision, which is the ordinal.
    package static let changes = RecordKind(id: 10)
    /// Where source code names flags, by their keys.
    package static let references = RecordKind(id: 11)
    /// Ramps, by environment and flag.
    package static let ramps = RecordKind(id: 12, isListed: true)
    /// Changes that wait for their time, by environment, flag and identifier.
    package static let scheduledChanges = RecordKind(id: 13, isListed: true)
    /// What the background service has to do and when, one record.
    package static let agenda = RecordKind(id: 14)
    /// The first and the last number of each series of exposures.
    package static let exposureHeads = RecordKind(id: 15, isListed: true)
    /// Who was given what; the ordinal is the exposure's number in its series.
    package static let exposures = RecordKind(id: 16)
    /// What a targeting key was given last, by series and digest of the key.
    package static let assignments = RecordKind(id: 17)
    /// What a sticky value is given from now on, by series and digest of the value.
    package static let stickyAssignments = RecordKind(id: 18, isListed: true)
    /// How often flags were evaluated, by environment and flag.
    package static let usage = RecordKind(id: 19, isListed: true)
    /// Keys that were asked for and that no flag has, by environment.
    package static let unknownFlags = RecordKind(id: 20)
    /// The first and the last number of an environment's batches of tracked events.
    package static let trackHeads = RecordKind(id: 21)
    /// Batches of tracked events; the ordinal is the batch's number.
    package static let tracks = RecordKind(id: 22)
    /// Until when a flag is kept although it looks stale, by its key.
    package static let reviews = RecordKind(id: 23, isListed: true)
    /// Who is sent exposures, one record.
    package static let webhooks = RecordKind(id: 24)
    /// What waits to be sent to a webhook, and how sending goes, by the webhook's identifier.
    package static let webhookHeads = RecordKind(id: 25)
    /// Messages that wait; the ordinal is the message's number.
    package static let webhookMessages = RecordKind(id: 26)
    /// The overrides, one record.
    package static let overrides = RecordKind(id: 27)
}

extension DocumentKind {
    /// The change of one document, as the log notes it.
    ///
    /// - Parameter environment: where; `nil` for everywhere.
    func change(of name: [UInt8], in environment: [UInt8]?, at time: Timestamp) -> ChangeLog.Change {
        var change = ChangeLog.Change(environment: environment, time: time)
        // What a flag is and how it behaves are both told as the flag.
        if current == FlagRecords.segments { change.segments = [name] } else { change.flags = [name] }
        return change
    }

    static let definition = DocumentKind(
        current: FlagRecords.definitions, versions: FlagRecords.definitionVersions, word: "flag")
    static let state = DocumentKind(current: FlagRecords.states, versions: FlagRecords.stateVersions, word: "state")
    static let segment = DocumentKind(
        current: FlagRecords.segments, versions: FlagRecords.segmentVersions, word: "segment")
}
