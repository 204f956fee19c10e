import EngineKit
import Notation
import PolicyEngine

/// The rights that a caller's policies give, for engines that ask about further paths.
struct PolicyRights: CallerRights {
    let list: AccessControlList
    let now: Timestamp

    var fingerprint: UInt64 { list.fingerprint }

    func allow(_ operation: Operation, _ path: [UInt8]) -> Bool {
        // Rules with conditions on parameters are asked about a request without any.
        let decision = list.decide(AccessRequest(operation.access, path: path.span, now: now))
        return if case .allowed = decision { true } else { false }
    }

    func allow(_ operation: Operation, _ path: [UInt8], with members: JSONObject) -> Bool {
        let decision = list.decide(
            AccessRequest(operation.access, path: path.span, now: now), parameters: { members })
        return if case .allowed = decision { true } else { false }
    }

    func deniedVariations(_ path: [UInt8]) -> Set<[UInt8]> {
        guard list.withholdsVariations else { return [] }
        return list.winner(path.span, listing: false, now: now)?.conditions.deniedVariations ?? []
    }
}
