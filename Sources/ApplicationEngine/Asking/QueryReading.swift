import EngineKit
import Notation

/// Reads the names and values of a query; each may be there once, and is one of what it should be, or refused.
struct QueryReading {
    private let members: JSONObject

    /// Takes a query.
    init(_ members: JSONObject) { self.members = members }

    /// A name; `nil` when it is not there.
    func name(_ field: String) throws(ModelError) -> String? {
        guard let value = self[field] else { return nil }
        return try value.name()
    }

    /// A text; `nil` when it is not there.
    func text(_ field: String, limit: Int) throws(ModelError) -> String? {
        guard let value = self[field] else { return nil }
        return try value.text(limit: limit)
    }

    /// Whether something is asked for; not, when it is not there.
    func bool(_ field: String) throws(ModelError) -> Bool {
        guard let value = self[field] else { return false }
        switch value.json.stringValue {
        case let text? where text.bytesEqual(to: "true"): return true
        case let text? where text.bytesEqual(to: "false"): return false
        default: throw value.failure("must be true or false")
        }
    }

    /// An integer; `nil` when it is not there.
    func integer(_ field: String, in bounds: ClosedRange<Int>) throws(ModelError) -> Int? {
        guard let value = self[field] else { return nil }
        guard let text = value.json.stringValue, let number = Int(text), bounds.contains(number) else {
            throw value.failure("must be an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    private subscript(_ field: String) -> ModelField? {
        members[field].map { ModelField(json: $0, path: field) }
    }
}

extension QueryReading {
    /// Which page of a history is asked for, in the words of the paths that keep it.
    func page() throws(ModelError) -> JSONObject {
        var page = JSONObject()
        if let limit = try integer("limit", in: 1...500) { page["limit"] = .integer(limit) }
        if let before = try integer("before", in: 2...Int(Int32.max)) { page["before"] = .integer(before) }
        return page
    }
}
