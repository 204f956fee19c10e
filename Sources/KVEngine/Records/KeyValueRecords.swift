package import EngineKit

/// The kinds of records that key-value mounts keep; together they are the storage schema of the engines.
package enum KeyValueRecords {
    /// What is known about a versioned secret beside its values; it carries the secret's data key, so deleting it
    /// makes all versions unreadable for ever.
    package static let metadata = RecordKind(id: 1, isListed: true, keying: .carriesKey)
    /// The value of one version; the ordinal is the number of the version.
    package static let versions = RecordKind(id: 2, keying: .borrowsKey(from: 1))
    /// The settings of a versioned mount, one record.
    package static let settings = RecordKind(id: 3)
    /// The values of an unversioned mount.
    package static let values = RecordKind(id: 4, isListed: true)
    /// The private values of tokens, each under the hexadecimal keyed hash of its token and a slash.
    package static let cubbyhole = RecordKind(id: 5, isListed: true)
    /// What readers told of the versions of a secret that are served.
    package static let outcomes = RecordKind(id: 6, keying: .borrowsKey(from: 1))
}

/// Limits that hold for each secret.
enum SecretLimits {
    /// The largest JSON text of one value, in bytes.
    static let valueByteCount = 1 << 20
    /// The largest number of versions that settings may ask to keep.
    static let versionCount = 10_000
    /// The largest sum of the values that one request copies, in bytes.
    static let copyByteCount = 32 << 20
    /// The longest time after which versions delete themselves, in seconds: what 63 bits of nanoseconds can hold.
    static let deleteVersionAfter = 9_223_372_036

    /// Refuses a value that is too large.
    static func check(value: [UInt8]) throws(EngineError) {
        guard value.count <= valueByteCount else {
            throw .invalid("the value is larger than \(valueByteCount) bytes of JSON")
        }
    }
}
