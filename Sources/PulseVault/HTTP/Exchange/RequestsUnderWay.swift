import Synchronization

/// Counts the requests that are being served, so that too many of them are turned away before they cost anything.
final class RequestsUnderWay: Sendable {
    /// How many requests with a token may be under way.
    static let authenticatedLimit = 4096
    /// How many requests without a token may be under way.
    static let anonymousLimit = 256

    private let authenticated = Atomic(0)
    private let anonymous = Atomic(0)

    /// Counts a request in, if there is room for it.
    func begin(hasToken: Bool) -> Bool {
        let limit = hasToken ? Self.authenticatedLimit : Self.anonymousLimit
        let count =
            hasToken
            ? authenticated.add(1, ordering: .relaxed).newValue : anonymous.add(1, ordering: .relaxed).newValue
        if count > limit { end(hasToken: hasToken) }
        return count <= limit
    }

    /// Counts a request out.
    func end(hasToken: Bool) {
        if hasToken { authenticated.subtract(1, ordering: .relaxed) } else { anonymous.subtract(1, ordering: .relaxed) }
    }
}
