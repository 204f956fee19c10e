import EngineKit
import Notation

/// The stored form of an unversioned value: `format 1 | has a lease time 1 | seconds 8 | JSON text as it was received`.
///
/// The lease time is what the value itself says under `ttl` or `lease`. It is worked out when the value is written, so
/// that reads need not look into the value.
struct StoredValue: Sendable {
    private static let format: UInt8 = 1
    private static let headerByteCount = 10

    private let bytes: [UInt8]

    /// Looks at stored bytes; `nil` when they are not of this form.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerByteCount, bytes[0] == Self.format else { return nil }
        self.bytes = bytes
    }

    /// The value's JSON text.
    var json: ArraySlice<UInt8> { bytes[Self.headerByteCount...] }

    /// The seconds that the value itself asks for; `nil` when it does not say or the mount's own time is meant.
    var leaseSeconds: Int? { bytes[1] == 0 ? nil : Int(truncatingIfNeeded: bytes.stored(Int64.self, at: 2)) }

    /// The value of a record; `nil` when there is none.
    static func read(_ key: StoreKey, _ transaction: Transaction) throws(EngineError) -> StoredValue? {
        guard let bytes = try transaction.get(key) else { return nil }
        guard let value = StoredValue(bytes) else { throw .internalError("a value could not be read") }
        return value
    }

    /// The bytes to store for what a write brings: all of its fields.
    static func encode(_ input: Input) throws(EngineError) -> [UInt8] {
        guard !input.members.members.isEmpty else { throw .invalid("missing data fields") }
        let json = SubmittedValue.whole(input)
        try SecretLimits.check(value: json)
        let seconds = leaseSeconds(of: input)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerByteCount + json.count)
        bytes.append(format)
        bytes.append(seconds == nil ? 0 : 1)
        bytes.append(stored: Int64(seconds ?? 0))
        bytes += json
        return bytes
    }

    private static func leaseSeconds(of input: Input) -> Int? {
        guard let field = ["ttl", "lease"].first(where: { input.has($0) }) else { return nil }
        // A value may hold anything under these names; what is not a time leaves the mount's default.
        guard let seconds = try? input.seconds(field), seconds > 0 else { return nil }
        return seconds
    }
}
