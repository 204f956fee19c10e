package import Notation

/// How a version of a secret is, by what KV version 2 answers for `metadata/…`.
package struct SecretState: Sendable {
    /// The number of the version; 0 for none.
    package let version: Int
    /// When it was written, as text; empty for none.
    package let created: String
    /// Whether it is deleted or destroyed.
    package let isGone: Bool

    /// Reads the answer.
    ///
    /// - Parameters:
    ///   - metadata: the answer's data.
    ///   - number: the version; `nil` for the current one.
    ///   - now: the time: a version that is to be deleted later (`delete_version_after`) tells it already.
    package init(_ metadata: JSONObject, version number: Int? = nil, now: Timestamp) {
        version = number ?? metadata["current_version"]?.intValue ?? 0
        let entry = metadata["versions"]?[String(version)]
        created = entry?["created_time"]?.stringValue ?? ""
        let deletion = entry?["deletion_time"]?.stringValue ?? ""
        let isDeleted = !deletion.utf8.isEmpty && Timestamp(parsing: deletion).map { $0 <= now } ?? true
        isGone = isDeleted || entry?["destroyed"]?.boolValue == true
    }
}
