package import EngineKit

/// Where tokens are stored, all in the system realm.
package enum TokenRecords {
    /// A token's record; the path is the hexadecimal hash of the token.
    package static let token = RecordKind(id: 16, isListed: true)
    /// From accessor to token; the value is the token's hexadecimal hash.
    package static let accessor = RecordKind(id: 17, isListed: true)
    /// From parent to children; the path is `parent/child`, both hexadecimal hashes.
    package static let child = RecordKind(id: 18, isListed: true)
    /// Token roles by name.
    package static let role = RecordKind(id: 19, isListed: true)
    /// Rewritten whenever a token gets a child or a private record. Without it there are none to look for; and a
    /// revocation that has just listed them meets a conflict and looks again.
    package static let birth = RecordKind(id: 20)
    /// Answers that wait to be unwrapped, by the key of their wrapping token.
    package static let wrapped = RecordKind(id: 21)
    /// Tokens that have ended while children or private records of theirs are left, which are to be removed.
    package static let ended = RecordKind(id: 22, isListed: true)

    /// The address of a token's record.
    package static func token(_ key: String) -> StoreKey { StoreKey(.system, token, Array(key.utf8)) }
    /// The address of the record of a token whose hexadecimal hash is given as bytes.
    package static func token(_ key: [UInt8]) -> StoreKey { StoreKey(.system, token, key) }
    /// The address of an accessor's record.
    package static func accessor(_ accessor: String) -> StoreKey {
        StoreKey(.system, Self.accessor, Array(accessor.utf8))
    }
    /// The address of the link from a parent to a child.
    package static func child(of parent: String, _ key: String) -> StoreKey {
        StoreKey(.system, child, Array("\(parent)/\(key)".utf8))
    }
    /// The address of the mark that a token got a child or a private record.
    package static func birth(_ parent: String) -> StoreKey { StoreKey(.system, birth, Array(parent.utf8)) }
    /// The address of the answer that a wrapping token stands for.
    package static func wrapped(_ key: String) -> StoreKey { StoreKey(.system, wrapped, Array(key.utf8)) }
    /// The address of the mark of a token that has ended but not all that came of it.
    package static func ended(_ key: String) -> StoreKey { StoreKey(.system, ended, Array(key.utf8)) }
    /// The address of a role.
    package static func role(_ name: [UInt8]) -> StoreKey { StoreKey(.system, role, name) }
}
