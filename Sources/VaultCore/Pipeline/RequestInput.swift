import EngineKit
import Notation

/// Reads what a request brings: the body of writes, JSON or a form; the query of everything else, and the body of
/// deletions where the route asks for it.
enum RequestInput {
    /// How large the input of a caller with a token may be.
    static let authenticatedLimits = JSONLimits(
        maxDepth: 64, maxStrings: 10_000, maxTokens: 100_000, maxNumberLength: 64)
    /// How large the input of anybody may be.
    static let unauthenticatedLimits = JSONLimits(
        maxDepth: 16, maxStrings: 1_000, maxTokens: 10_000, maxNumberLength: 64)

    /// The input of a request.
    ///
    /// - Parameters:
    ///   - isAuthenticated: whether the caller has a living token, which decides about the limits.
    ///   - queryFields: the members of a write that may stand in its query.
    ///   - readsBodyOfDeletions: whether a deletion may have a body.
    static func read(
        _ request: VaultRequest, isAuthenticated: Bool, queryFields: [String] = [], readsBodyOfDeletions: Bool = false
    ) throws(EngineError) -> Input {
        switch request.verb {
        case .write, .patch:
            let input = try body(of: request, isAuthenticated ? authenticatedLimits : unauthenticatedLimits)
            guard !queryFields.isEmpty, !request.query.isEmpty else { return input }
            return try joined(input, members(ofQuery: request.query), queryFields)
        case .delete where readsBodyOfDeletions && !request.body.allSatisfy(isBlank):
            let input = try body(of: request, isAuthenticated ? authenticatedLimits : unauthenticatedLimits)
            let query = members(ofQuery: request.query)
            return query.members.isEmpty ? input : try joined(input, query, query.members.map(\.name))
        case .read, .delete, .list, .scan, .help: return Input(members: members(ofQuery: request.query))
        }
    }

    /// A write's body with what its query says besides.
    private static func joined(
        _ input: Input, _ query: JSONObject, _ fields: [String]
    ) throws(EngineError) -> Input {
        var members = input.members
        for field in fields {
            guard let value = query[field] else { continue }
            // Neither of two answers can be the one that was meant.
            guard !input.has(field) else { throw .invalid("\(field): stands in the query and in the body") }
            members[field] = value.stringValue?.utf8.isEmpty ?? false ? true : value
        }
        // Without the body's text, so that audit records the members.
        return Input(members: members)
    }

    private static func body(of request: VaultRequest, _ limits: JSONLimits) throws(EngineError) -> Input {
        // Nothing else can begin a JSON text that is input.
        let first = request.body.first { !isBlank($0) }
        guard request.claimsForm, let first, first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else {
            return try json(request.body, limits)
        }
        return try form(request.body, limits)
    }

    /// Whether a byte is one of ASCII's blanks.
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func form(_ bytes: [UInt8], _ limits: JSONLimits) throws(EngineError) -> Input {
        // Each member is two strings, as it would be in JSON.
        let separators = bytes.count { $0 == UInt8(ascii: "&") }
        guard separators < limits.maxStrings / 2 else {
            throw .invalid("failed to decode form input: too many members")
        }
        let members: JSONObject
        do throws(RequestPath.Fault) {
            members = Self.members(of: try FormText.pairs(bytes[...]))
        } catch {
            let reason = error == .percentEncoding ? "invalid percent-encoding" : "invalid UTF-8"
            throw .invalid("failed to decode form input: \(reason)")
        }
        // Who keeps the text of a value as it was sent finds JSON.
        return Input(members: members, body: JSON.object(members).serialized())
    }

    private static func json(_ bytes: [UInt8], _ limits: JSONLimits) throws(EngineError) -> Input {
        if bytes.allSatisfy(isBlank) { return .none }
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

    private static func members(ofQuery query: [(name: String, value: String)]) -> JSONObject {
        members(
            of: query.filter { member in
                !["list", "scan", "help"].contains { $0.utf8.elementsEqual(member.name.utf8) }
            })
    }

    /// Each name with its value, or the list of its values when it comes several times.
    private static func members(of pairs: [(name: String, value: String)]) -> JSONObject {
        // A handful, as nearly all queries have, is searched faster than it is hashed.
        let isSearched = pairs.count <= 16
        var places: [[UInt8]: Int] = [:]
        var members: [JSONObject.Member] = []
        for (name, value) in pairs {
            let place =
                isSearched
                ? members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) } : places[Array(name.utf8)]
            guard let place else {
                if !isSearched { places[Array(name.utf8)] = members.count }
                members.append(.init(name: name, value: .string(value)))
                continue
            }
            var values: [JSON] = []
            if case .array(let earlier) = members[place].value {
                values = earlier
            } else {
                values = [members[place].value]
            }
            // One owner, so that the list is not copied for each of its values.
            members[place].value = .null
            values.append(.string(value))
            members[place].value = .array(values)
        }
        return JSONObject(members)
    }
}
