package import Notation

/// The `wrap_info` block: the token that stands for an answer which is kept back until somebody unwraps it.
package struct WrapInfo: Sendable {
    /// The wrapping token. It leaves the server in this answer only.
    package var token: String
    /// The wrapping token's accessor.
    package var accessor: String
    /// For how many seconds the answer is kept.
    package var ttl: Int
    /// When the answer was wrapped.
    package var creationTime: Timestamp
    /// The path whose answer was wrapped.
    package var creationPath: String
    /// The accessor of the token inside of the answer; empty when there is none.
    package var wrappedAccessor: String

    /// Describes a wrapped answer.
    package init(
        token: String, accessor: String, ttl: Int, creationTime: Timestamp, creationPath: String,
        wrappedAccessor: String = ""
    ) {
        self.token = token
        self.accessor = accessor
        self.ttl = ttl
        self.creationTime = creationTime
        self.creationPath = creationPath
        self.wrappedAccessor = wrappedAccessor
    }
}
