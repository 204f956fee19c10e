import Notation

/// The forms in which clients of other systems are answered. They tell more than values, so they are no `ConfigFormat`.
enum ClientForm: String, CaseIterable, Sendable {
    /// Spring Cloud Config's environments.
    case spring
    /// Consul's key-value store.
    case consul

    /// The form of a name; `nil` when there is none.
    init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue.bytesEqual(to: name) }) else { return nil }
        self = found
    }
}
