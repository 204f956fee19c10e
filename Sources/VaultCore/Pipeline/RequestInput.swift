import EngineKit
import Notation

/// Reads what a request brings: the JSON body of writes, the query of everything else.
enum RequestInput {
    /// How large the JSON of a caller with a token may be.
    static let authenticatedLimits = JSONLimits(
        maxDepth: 64, maxStrings: 10_000, maxTokens: 100_000, maxNumberLength: 64)
    /// How large the JSON of anybody may be.
    static let unauthenticatedLimits = JSONLimits(
        maxDepth: 16, maxStrings: 1_000, maxTokens: 10_000, maxNumberLength: 64)

    /// The input of a request.
    ///
    /// - Parameter isAuthenticated: whether the caller has a living token, which decides about the limits.
    static func read(_ request: VaultRequest, isAuthenticated: Bool) throws(EngineError) -> Input {
        switch request.verb {
        case .write, .patch: try body(request.body, isAuthenticated ? authenticatedLimits : unauthenticatedLimits)
        case .read, .delete, .list, .scan, .help: Input(members: members(of: request.query))
        }
    }

    private static func body(_ bytes: [UInt8], _ limits: JSONLimits) throws(EngineError) -> Input {
        if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) }) { return .none }
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: bytes, limits: limits)
        } catch {
            throw .invalid("failed to decode JSON input: \(error)")
        }
        switch value {
        case .object(let object): return Input(members: object, body: bytes)
        case .null: return .none
        default: throw .invalid("failed to decode JSON input: expected an object")
        }
    }

    private static func members(of query: [(name: String, value: String)]) -> JSONObject {
        var members = JSONObject()
        for (name, value) in query
        where !["list", "scan", "help"].contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            switch members[name] {
            case nil: members[name] = .string(value)
            case .array(let values)?: members[name] = .array(values + [.string(value)])
            case let first?: members[name] = [first, .string(value)]
            }
        }
        return members
    }
}
