import EngineKit
import Notation

/// The population of a flag in an environment: everyone who was given a variation under one salt.
///
/// Another salt deals all variations anew, so what was recorded under the one before says nothing about it.
struct AssignmentSeries: Hashable, Sendable {
    /// Who owns the records.
    let realm: Realm
    /// The environment's name.
    let environment: [UInt8]
    /// The flag's key.
    let flag: [UInt8]
    /// The salt of the flag's state.
    let salt: [UInt8]

    /// The records' path: environment, flag, and a digest of the salt.
    var path: [UInt8] {
        FlagScope.path(environment, flag) + [UInt8(ascii: "/")] + Self.digest(salt, bytes: 8)
    }

    /// The path of what is recorded about one targeting key or sticky value.
    func path(of key: some Sequence<UInt8>) -> [UInt8] {
        path + [UInt8(ascii: "/")] + Self.digest(of: key)
    }

    /// The last name of such a path.
    static func digest(of key: some Sequence<UInt8>) -> [UInt8] { digest(Array(key), bytes: 16) }

    /// A key of a record of the whole series.
    func key(_ kind: RecordKind, ordinal: UInt64 = 0) -> StoreKey { StoreKey(realm, kind, path, ordinal: ordinal) }

    /// A digest as hexadecimal digits. Keys may hold any characters, and the store's names may not.
    private static func digest(_ value: [UInt8], bytes: Int) -> [UInt8] {
        Array(Hexadecimal.encode(Array(BLAKE2b256.digest(of: value.span).bytes.prefix(bytes))).utf8)
    }
}

/// The numbers of the entries that a log keeps, whose oldest go when there are too many.
struct LogHead: Sendable {
    /// The number of the newest entry; 0 before the first.
    var newest: UInt64 = 0
    /// The number of the oldest entry that is kept.
    var oldest: UInt64 = 1

    /// The record's JSON: `n` newest, `o` oldest.
    var encoded: [UInt8] {
        JSON.object(["n": .integer(newest), "o": .integer(oldest)]).serialized()
    }

    /// An empty log's head.
    init() {}

    /// Reads a record; an empty head when there is none.
    init(_ bytes: [UInt8]?) throws(EngineError) {
        guard let bytes else { return }
        guard let json = try? JSON(parsing: bytes, limits: .stored), let newest = json["n"]?.intValue,
            let oldest = json["o"]?.intValue
        else { throw .internalError("the head of a log cannot be read") }
        self.newest = UInt64(clamping: newest)
        self.oldest = UInt64(clamping: oldest)
    }

    /// How many entries are kept.
    var count: UInt64 { newest >= oldest ? newest - oldest + 1 : 0 }

    /// The numbers of the next page after a number: at most `limit` of them.
    func page(after number: UInt64, limit: Int) -> [UInt64] {
        let first = max(oldest, number &+ 1)
        guard first <= newest, number < newest else { return [] }
        return Array((first...newest).prefix(limit))
    }
}
