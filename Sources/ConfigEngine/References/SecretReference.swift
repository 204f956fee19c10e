import EngineKit
package import Notation

/// A value that stands elsewhere: `{"$secret": "<mount>/data/<path>#<field>", "version": n?}`.
///
/// It is stored as it is and resolved when it is read, by the rights of whoever reads.
package struct SecretReference: Sendable, Hashable {
    /// The path of the secret with its mount, as policies name it, UTF-8.
    package let path: [UInt8]
    /// The field of the secret.
    package let field: String
    /// The version that is asked for; `nil` for the current one.
    package let version: Int?

    /// The member that marks a reference.
    private static let marker = "$secret"

    /// Whether a value is meant as a reference.
    package static func isReference(_ value: JSON) -> Bool { value.objectValue?[marker] != nil }

    /// Reads a reference.
    ///
    /// - Throws: ``ReferenceError`` when it is not written as one.
    package init(_ value: JSON) throws(ReferenceError) {
        guard let object = value.objectValue, let text = object[Self.marker]?.stringValue else {
            throw ReferenceError(problem: "$secret must be a string")
        }
        let known = [Self.marker, "version"]
        guard object.members.allSatisfy({ member in known.contains { $0.bytesEqual(to: member.name) } }) else {
            throw ReferenceError(problem: "a reference has the members $secret and version only")
        }
        let bytes = Array(text.utf8)
        guard let hash = bytes.firstIndex(of: UInt8(ascii: "#")), hash > 0, hash + 1 < bytes.count,
            bytes.count <= 1_024, bytes.first != UInt8(ascii: "/"), bytes[hash - 1] != UInt8(ascii: "/")
        else { throw ReferenceError(problem: "$secret must be <mount>/data/<path>#<field>") }
        path = Array(bytes[..<hash])
        field = String(decoding: bytes[(hash + 1)...], as: UTF8.self)
        switch object["version"] {
        case nil, .null?: version = nil
        case let number?:
            guard let number = number.intValue, number > 0 else {
                throw ReferenceError(problem: "version must be a number from 1")
            }
            version = number
        }
    }

    /// The references within a value.
    package static func all(in value: JSON) throws(ReferenceError) -> [SecretReference] {
        if isReference(value) { return [try SecretReference(value)] }
        var found: [SecretReference] = []
        switch value {
        case .array(let elements): for element in elements { found += try all(in: element) }
        case .object(let object): for member in object.members { found += try all(in: member.value) }
        case .null, .bool, .number, .string: break
        }
        return found
    }
}

/// Why a value cannot be a reference.
package struct ReferenceError: Error, Sendable {
    /// What it should be.
    package let problem: String
}

extension VaultAccess {
    /// Whether a path is one of a secret, by its mount and form; where nothing is mounted it could become one.
    ///
    /// Whatever else a reference named could refer back to configuration, or be another thing for each who asks.
    ///
    /// - Parameter path: the path with its mount, as references name it.
    func couldHoldSecret(_ path: [UInt8]) -> Bool {
        guard let mount = mount(serving: path) else { return true }
        guard mount.type.utf8.elementsEqual("kv".utf8) else { return false }
        return !mount.keepsVersions || metadataPath(ofSecret: path) != nil
    }

    /// The path that tells the versions of a secret; `nil` where the mount keeps none.
    ///
    /// - Parameter path: the secret's path with its mount, as references name it.
    func metadataPath(ofSecret path: [UInt8]) -> [UInt8]? {
        guard let mount = mount(serving: path), mount.keepsVersions else { return nil }
        let front = mount.path + Array("data/".utf8)
        guard path.starts(with: front), path.count > front.count else { return nil }
        return mount.path + Array("metadata/".utf8) + path.dropFirst(front.count)
    }
}
