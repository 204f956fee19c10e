package import Notation

/// What the caller's policies say of paths other than the one that was asked for.
///
/// An engine whose answer is made of several things asks for each of them, so that nobody learns by a collection what
/// the policies would not give one by one.
package protocol CallerRights: Sendable {
    /// Whether the policies allow an operation on a path.
    ///
    /// - Parameter path: the whole canonical path, the mount's included.
    func allow(_ operation: Operation, _ path: [UInt8]) -> Bool

    /// Whether the policies allow a write of some members to a path, by their conditions on parameters too.
    ///
    /// - Parameter path: the whole canonical path, the mount's included.
    func allow(_ operation: Operation, _ path: [UInt8], with members: JSONObject) -> Bool

    /// A number that differs when what the policies say differs, for the tags of answers that depend on it.
    var fingerprint: UInt64 { get }

    /// The variations of feature flags that the policies withhold below a path.
    ///
    /// - Parameter path: the whole canonical path, the mount's included.
    func deniedVariations(_ path: [UInt8]) -> Set<[UInt8]>
}

extension CallerRights {
    package func allow(_ operation: Operation, _ path: [UInt8], with members: JSONObject) -> Bool {
        allow(operation, path)
    }
}

/// The rights of nobody.
package struct NoRights: CallerRights {
    /// Makes the rights of nobody.
    package init() {}

    /// The same for everybody who has none.
    package var fingerprint: UInt64 { 0 }

    /// No.
    package func allow(_ operation: Operation, _ path: [UInt8]) -> Bool { false }

    /// None, since nothing is allowed anyway.
    package func deniedVariations(_ path: [UInt8]) -> Set<[UInt8]> { [] }
}

/// The rights to everything, for looking ahead; see `VaultAccess.unchecked`.
package struct AllRights: CallerRights {
    /// Makes the rights to everything.
    package init() {}

    /// The same for everybody who has them; nobody has the number by policies.
    package var fingerprint: UInt64 { .max }

    /// Yes.
    package func allow(_ operation: Operation, _ path: [UInt8]) -> Bool { true }

    /// None.
    package func deniedVariations(_ path: [UInt8]) -> Set<[UInt8]> { [] }
}
