import EngineKit
import Identity
import PolicyEngine

/// What the first half of the pipeline found out about a request: where it goes, who asks, and whether it may.
///
/// A class, because it is filled in step by step and then only handed on.
final class Admission {
    /// Why a request goes no further: what the client hears, and what audit notes.
    struct Refusal: Sendable {
        let response: VaultResponse
        let reason: String
    }

    /// What is asked, now that it is known whether a write creates or updates.
    var operation: Operation
    /// The canonical path; listings end in a slash.
    var path: [UInt8]
    /// The mount, when there is one.
    var mounted: MountTable.Mounted?
    /// The path inside of the mount.
    var enginePath: [UInt8] = []
    /// The route and its captures, when there is one.
    var match: RouteTable.Match?
    /// Body or query.
    var input = Input.none
    /// Who asks.
    var caller = Caller.unauthenticated
    /// The caller's token, when it sent a living one.
    var holder: TokenHolder?
    /// The caller's policies, once they were asked.
    var policies: AccessControlList?
    /// What is left out of the answer to a listing; `nil` for nothing.
    var listingFilter: ListingFilter?
    /// The policies that granted the request.
    var grantingPolicies: [String] = []
    /// Set when the request goes no further.
    var refusal: Refusal?

    init(operation: Operation, path: [UInt8]) {
        self.operation = operation
        self.path = path
    }

    /// The handler for the operation, when the route has one.
    var handler: Route.Handler? { match?.entry.route.handler(for: operation) }
}
