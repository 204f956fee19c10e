import EngineKit
import Notation

/// Takes a value out of a request's body as the bytes that were sent, so that numbers and order stay as written.
enum SubmittedValue {
    /// The JSON text of one member, which is an object; `nil` when the member is missing. `null` is an empty object.
    static func object(_ name: String, of input: Input) throws(EngineError) -> [UInt8]? {
        guard let object = try input.object(name) else { return nil }
        if case .null? = input.members[name] { return Array("{}".utf8) }
        guard let index = index(of: input), let member = index.member(name, in: input.body) else {
            return object.serialized()
        }
        return member.rawValue(in: input.body)
    }

    /// The JSON text of all members together.
    static func whole(_ input: Input) -> [UInt8] {
        guard let index = index(of: input) else { return input.members.serialized() }
        return Array(input.body[index.valueRange])
    }

    private static func index(of input: Input) -> JSONIndex? {
        // The body was parsed before; there is none to index when the input came in another form, such as a query.
        input.body.isEmpty ? nil : try? JSONIndex(scanning: input.body, limits: .stored)
    }
}
