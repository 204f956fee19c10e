import Notation
import Testing

@testable import PolicyEngine

/// One row of a policy table: an operation on a path, and whether it may pass.
struct Row: Sendable, CustomTestStringConvertible {
    var allowed: Bool
    var operation: AccessOperation
    var path: String
    var testDescription: String { "\(allowed ? "allow" : "deny") \(operation) \(path)" }
}

func allow(_ operation: AccessOperation, _ path: String) -> Row { Row(allowed: true, operation: operation, path: path) }
func deny(_ operation: AccessOperation, _ path: String) -> Row { Row(allowed: false, operation: operation, path: path) }

let noon = Timestamp(seconds: 1_800_000_000)

func policy(_ text: String, name: String = "p", options: TemplateOptions = TemplateOptions()) throws -> Policy {
    try Policy(name: name, parsing: Array(text.utf8), templateOptions: options)
}

/// A list of policies named p1, p2 and so on.
func list(
    _ texts: String..., identity: TemplateContext? = nil, foldsDenials: Bool = true
) throws -> AccessControlList {
    var policies: [Policy] = []
    for (index, text) in texts.enumerated() { policies.append(try policy(text, name: "p\(index + 1)")) }
    return try AccessControlList(policies, identity: identity, now: noon, foldsDenials: foldsDenials)
}

extension AccessControlList {
    func decide(
        _ operation: AccessOperation, _ path: String, sudo: Bool = false, wrap: Int? = nil, at now: Timestamp = noon,
        _ data: JSONObject? = JSONObject()
    ) -> Decision {
        let bytes = Array(path.utf8)
        let request = AccessRequest(operation, path: bytes.span, needsSudo: sudo, wrapTTLSeconds: wrap, now: now)
        return decide(request) { data }
    }

    func allows(
        _ operation: AccessOperation, _ path: String, sudo: Bool = false, wrap: Int? = nil, at now: Timestamp = noon,
        _ data: JSONObject? = JSONObject()
    ) -> Bool {
        decide(operation, path, sudo: sudo, wrap: wrap, at: now, data).isAllowed
    }

    func expect(_ rows: [Row], sourceLocation: SourceLocation = #_sourceLocation) {
        for row in rows {
            #expect(
                allows(row.operation, row.path) == row.allowed, "\(row.testDescription)", sourceLocation: sourceLocation
            )
        }
    }

    func capabilities(_ path: String) -> [String] { capabilities(for: Array(path.utf8), now: noon) }
}

/// A small deterministic generator (SplitMix64, Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
