import Notation

/// What is known about a versioned secret beside its values: its own settings, and the versions that are kept.
///
/// It is a value with the rules of version windows, deletion and expiry as functions over it.
struct SecretMetadata: Sendable {
    /// When the record was made.
    var createdTime: Timestamp
    /// When the newest version was written, or the record was made.
    var updatedTime: Timestamp
    /// The number of the newest version; 0 before the first one.
    var currentVersion = 0
    /// The oldest number inside of the window; 0 until the window is full for the first time.
    var oldestVersion = 0
    /// How many versions the secret asks to keep; 0 leaves it to the mount.
    var maxVersions = 0
    /// Whether writes must name the current version.
    var requiresCheckAndSet = false
    /// Seconds after which new versions delete themselves; 0 leaves it to the mount.
    var deleteVersionAfter = 0
    /// How often the settings were written.
    var metadataVersion = 0
    /// Whether writes of the settings must name the current `metadataVersion`.
    var requiresMetadataCheckAndSet = false
    /// The owner's own notes.
    var customMetadata = CustomMetadata()
    /// Which versions reads get that name none; `nil` for the newest.
    var serving: Serving?
    /// The kept versions, the oldest first; their numbers follow each other and end with `currentVersion`.
    var versions: [VersionEntry] = []

    /// Makes a record without versions.
    init(createdAt now: Timestamp) {
        createdTime = now
        updatedTime = now
    }

    /// The number of the first kept version.
    var firstVersion: Int { currentVersion - versions.count + 1 }

    /// The numbers of the kept versions.
    var versionNumbers: Range<Int> { firstVersion..<(currentVersion + 1) }

    /// What is known about a version; `nil` when it is not kept.
    subscript(version number: Int) -> VersionEntry? {
        versionNumbers.contains(number) ? versions[number - firstVersion] : nil
    }

    /// Adds a version and lets those fall out of the window that it pushes out.
    ///
    /// The window is as large as the larger of the secret's and the mount's `max_versions`, or 10.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the value's JSON text.
    ///   - settings: the mount's settings.
    ///   - now: the time of the request.
    /// - Returns: the numbers of the versions that fell out.
    mutating func addVersion(byteCount: Int, settings: MountSettings, now: Timestamp) -> Range<Int> {
        let deletion = settings.deletionTime(ofVersionMadeAt: now, ownDeleteVersionAfter: deleteVersionAfter)
        versions.append(VersionEntry(createdTime: now, deletionTime: deletion, byteCount: byteCount))
        currentVersion += 1
        updatedTime = now
        let limit = settings.versionLimit(ownLimit: maxVersions)
        guard currentVersion - oldestVersion >= limit else { return currentVersion..<currentVersion }
        oldestVersion = currentVersion - limit + 1
        let first = firstVersion
        let count = max(0, oldestVersion - first)
        versions.removeFirst(count)
        return first..<(first + count)
    }

    /// Deletes versions that are neither deleted nor destroyed yet; numbers that are not kept are ignored.
    mutating func delete(_ numbers: [Int], now: Timestamp) {
        for number in numbers where versionNumbers.contains(number) {
            let index = number - firstVersion
            if !versions[index].isGone(at: now) { versions[index].deletionTime = now }
        }
    }

    /// Takes deletions back, except of destroyed versions; times of expiry begin anew.
    mutating func undelete(_ numbers: [Int], settings: MountSettings, now: Timestamp) {
        let deletion = settings.deletionTime(ofVersionMadeAt: now, ownDeleteVersionAfter: deleteVersionAfter)
        for number in numbers where versionNumbers.contains(number) {
            let index = number - firstVersion
            if !versions[index].isDestroyed { versions[index].deletionTime = deletion }
        }
    }

    /// Marks versions as destroyed.
    ///
    /// - Returns: the numbers whose values are to be removed.
    mutating func destroy(_ numbers: [Int]) -> [Int] {
        var destroyed: [Int] = []
        for number in numbers where versionNumbers.contains(number) {
            let index = number - firstVersion
            if versions[index].isDestroyed { continue }
            versions[index].isDestroyed = true
            destroyed.append(number)
        }
        return destroyed
    }
}
