import EngineKit
import Notation

/// Where an item's thing stands: in which mount, and by which name there.
struct ItemTarget: Sendable {
    /// What it is.
    let kind: ItemKind
    /// The mount's path with its trailing slash; empty when there is no such mount (any more).
    let mount: [UInt8]
    /// The name within the mount's area for the kind, such as `env/prod/cart.limit`.
    let name: [UInt8]

    /// Finds what an item's path names: the path that the API has for it, such as `config/data/env/prod/cart.limit`, or
    /// a shorter one, such as `env/prod/cart.limit`, `secret/app` or the name of a policy.
    init(_ kind: ItemKind, _ path: String, in vault: any VaultAccess) {
        self.kind = kind
        let bytes = Array(path.utf8)
        let mounted = vault.mount(serving: bytes).flatMap { kind.isServed(by: $0) ? $0 : nil }
        if let mounted, let name = Self.name(bytes, below: mounted.path, kind) {
            mount = mounted.path
            self.name = name
        } else if let usual = kind.usualMount {
            mount = Array(usual.utf8)
            name = bytes
        } else {
            mount = mounted?.path ?? []
            name = Array(bytes.dropFirst(mount.count))
        }
    }

    /// Refuses what can be no thing of the kind.
    ///
    /// - Parameter field: what errors call the item.
    func check(_ field: String) throws(EngineError) {
        guard !mount.isEmpty else {
            throw .invalid("\(field).path: there is no mount of versioned secrets (kv version 2) at this path")
        }
        let slashes = name.count { $0 == UInt8(ascii: "/") }
        guard !name.isEmpty, name.last != UInt8(ascii: "/"), kind.slashes.contains(slashes) else {
            throw .invalid("\(field).path: must name one \(kind.rawValue)")
        }
        // The same policy by another spelling would be none that rules of approval know.
        guard kind != .policy || (name == name.asciiLowercased() && !name.contains(0x20)) else {
            throw .invalid("\(field).path: policies have names in lower case, without blanks")
        }
    }

    /// The path by which policies, rules of approval and reads know it.
    var path: [UInt8] { path(in: kind.area) }

    /// The path of the same name in another area of the mount.
    func path(in area: String) -> [UInt8] { mount + Array("\(area)/".utf8) + name }

    /// The path of the key that a value of configuration is of; `nil` for other kinds.
    var pathOfKey: [UInt8]? {
        guard kind == .config, let slash = name.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return mount + Array("keys/".utf8) + name[(slash + 1)...]
    }

    /// The path as text.
    var text: String { String(decoding: path, as: UTF8.self) }

    /// The name behind the mount and the kind's area; `nil` when the path is not written so.
    private static func name(_ path: [UInt8], below mount: [UInt8], _ kind: ItemKind) -> [UInt8]? {
        let front = mount + Array("\(kind.area)/".utf8)
        guard path.starts(with: front) else { return nil }
        return Array(path.dropFirst(front.count))
    }
}
