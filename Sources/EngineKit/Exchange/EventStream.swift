/// An answer that goes on: one event for each change, until the client or the server ends it.
///
/// The engine says what the client wants to hear of; the server sends it (Server-sent events, HTML standard, 9.2).
package struct EventStream: Sendable {
    /// The mount whose changes are told.
    package let realm: Realm
    /// The environment whose changes are told.
    package let environment: [UInt8]
    /// Changes after this revision are told first; `nil` for only those still to come.
    package let after: UInt64?
    /// In whose words the events are.
    package let dialect: EngineRequest.Dialect

    /// Describes a stream.
    package init(realm: Realm, environment: [UInt8], after: UInt64?, dialect: EngineRequest.Dialect) {
        self.realm = realm
        self.environment = environment
        self.after = after
        self.dialect = dialect
    }
}
