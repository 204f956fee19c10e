import Identity
package import Notation
package import PolicyEngine
import Synchronization

/// All policies of a moment, and the compiled lists made from them.
///
/// The table is replaced whole when a policy changes, and the compiled lists go with it.
package final class PolicyTable: Sendable {
    private let policies: [[UInt8]: Policy]
    private let compiled = Mutex<[[UInt8]: AccessControlList]>([:])

    /// How many compiled lists are kept; beyond that they are made anew for each request.
    private static let compiledLimit = 10_000

    /// Makes a table from parsed policies.
    package init(_ policies: [Policy]) {
        self.policies = Dictionary(policies.map { (Array($0.name.utf8), $0) }) { _, last in last }
    }

    /// The policy with a name, if there is one.
    package func policy(_ name: String) -> Policy? { policies[Array(name.utf8)] }

    /// The names of the policies that have ended.
    func ended(at now: Timestamp) -> [String] {
        policies.values.filter { policy in policy.expiration.map { $0 <= now } ?? false }.map(\.name)
    }

    /// The compiled list for a token's policies. Names without a policy grant nothing.
    ///
    /// - Parameter names: canonical names, sorted.
    package func accessControlList(_ names: [String], now: Timestamp) -> AccessControlList {
        accessControlList(names, key: PolicyNames.key(of: names), now: now)
    }

    /// The compiled list for a token's policies whose key is known.
    package func accessControlList(_ names: [String], key: [UInt8], now: Timestamp) -> AccessControlList {
        if let known = compiled.withLock({ $0[key] }), known.expiresAt.map({ now < $0 }) ?? true { return known }
        let list = compile(names.compactMap { policy($0) }, now)
        compiled.withLock { lists in
            if lists.count < Self.compiledLimit { lists[key] = list }
        }
        return list
    }

    private func compile(_ policies: [Policy], _ now: Timestamp) -> AccessControlList {
        do throws(PolicyError) {
            return try AccessControlList(policies, identity: nil, now: now)
        } catch {
            // `root` beside others: tokens never get such a list, and if one did it would be worth the others only.
            return compile(policies.filter { !$0.isRoot }, now)
        }
    }
}
