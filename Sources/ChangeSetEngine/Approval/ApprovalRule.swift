import EngineKit
import Notation

/// Who must agree to changes of which paths.
struct ApprovalRule: Sendable {
    /// What it is called.
    let name: String
    /// The paths (``RulePath``).
    let paths: [String]
    /// How many people must agree.
    let approvals: Int
    /// The policies one of which an approver must have; empty when anybody counts.
    let roles: [String]

    /// Reads a rule.
    ///
    /// - Throws: ``ModelError`` with the member that is wrong and the rule.
    init(_ name: String, json: JSON) throws(ModelError) {
        let object = try ModelObject(json, path: "", allowing: ["paths", "approvals", "roles"])
        self.name = name
        var paths: [String] = []
        for path in try object.required("paths").elements(limit: 100) {
            paths.append(try path.text(limit: 1_024, isRequired: true))
        }
        guard !paths.isEmpty else { throw ModelError(path: "paths", problem: "must not be empty") }
        self.paths = paths
        approvals = try object.required("approvals").integer(in: 0...20)
        var roles: [String] = []
        for role in try object.elements("roles", limit: 50) {
            roles.append(try role.text(limit: 512, isRequired: true))
        }
        self.roles = roles
    }

    /// Refuses paths that no item can have, such as the short forms that items may be written in: a rule that is about
    /// nothing would be taken for one.
    func check(_ vault: any VaultAccess) throws(EngineError) {
        for (index, path) in paths.enumerated() {
            let path = RulePath(path)
            guard path.isClear else {
                throw .invalid("paths[\(index)]: may have * at its end only, and not behind +; + is for one segment")
            }
            guard !Self.canBeFront(path.front, vault) else { continue }
            throw .invalid(
                "paths[\(index)]: must be a path of the API, such as secret/data/prod/* or config/data/env/prod/*")
        }
    }

    private static func canBeFront(_ path: [UInt8], _ vault: any VaultAccess) -> Bool {
        if path.isEmpty { return true }
        guard let mount = vault.mount(serving: path) ?? vault.mount(serving: path + [UInt8(ascii: "/")]) else {
            return false
        }
        return ItemKind.allCases.contains { kind in
            guard kind.isServed(by: mount) else { return false }
            let area = mount.path + Array("\(kind.area)/".utf8)
            return path.starts(with: area) || area.starts(with: path)
        }
    }

    /// The rule as records and answers have it.
    var json: JSONObject {
        ["paths": .strings(paths), "approvals": .integer(approvals), "roles": .strings(roles)]
    }

    /// Whether the rule is about a path.
    func concerns(_ path: [UInt8]) -> Bool { paths.contains { RulePath($0).matches(path) } }

    /// Whether an approval counts here: by one of the roles. Whoever holds `root` has every role.
    func counts(_ approval: ChangeSet.Approval) -> Bool {
        roles.isEmpty
            || approval.policies.contains { policy in
                policy.utf8.elementsEqual("root".utf8) || roles.contains { $0.bytesEqual(to: policy) }
            }
    }
}
