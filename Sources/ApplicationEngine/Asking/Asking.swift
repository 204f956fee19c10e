import EngineKit
import Notation

/// What a handler works with: the request, and the ordinary paths that it asks in the caller's name.
struct Asking {
    /// The request.
    let request: EngineRequest
    /// The transaction that everything asked is a part of.
    let transaction: Transaction

    /// Prepares to ask.
    init(_ request: EngineRequest, _ transaction: Transaction) {
        self.request = request
        self.transaction = transaction
    }

    /// A name that the path captured.
    func name(_ capture: String) throws(EngineError) -> String {
        let name = request.captures.text(capture)
        try EngineError.model { () throws(ModelError) in try DocumentName.check(name, field: capture) }
        return name
    }

    /// The body as an object that has no other members than these.
    func body<Body>(_ names: [String], _ read: (ModelObject) throws(ModelError) -> Body) throws(EngineError) -> Body {
        try EngineError.model { () throws(ModelError) in
            try read(ModelObject(.object(request.input.members), path: "", allowing: names))
        }
    }

    /// The query.
    func query<Query>(_ read: (QueryReading) throws(ModelError) -> Query) throws(EngineError) -> Query {
        let reading = QueryReading(request.input.members)
        return try EngineError.model { () throws(ModelError) in try read(reading) }
    }

    /// What a path answers to a request that must succeed.
    func answer(
        _ operation: Operation, _ path: String, _ members: JSONObject = [:]
    ) throws(EngineError) -> EngineResponse {
        let response = try request.vault.ask(operation, Array(path.utf8), Input(members: members), transaction)
        guard let status = response.status, status >= 400 else { return response }
        let errors = (response.dataObject?["errors"]?.arrayValue ?? []).compactMap(\.stringValue)
        if let mismatch = response.mismatch { throw .mismatch(mismatch, errors) }
        throw .status(status, errors)
    }

    /// The members of such an answer's data.
    func data(
        _ operation: Operation, _ path: String, _ members: JSONObject = [:]
    ) throws(EngineError) -> JSONObject {
        try answer(operation, path, members).dataObject ?? [:]
    }

    /// The same, where nothing need be there and the caller need not see it.
    ///
    /// - Parameter wordsCount: whether an absence that is told in words is an error: that of what must be there before,
    ///   such as the environment of a flag's state.
    func finding(
        _ operation: Operation, _ path: String, _ members: JSONObject = [:], wordsCount: Bool = false
    ) throws(EngineError) -> Finding {
        do throws(EngineError) {
            return .found(try data(operation, path, members))
        } catch {
            switch error {
            case .notFound: return .absent
            case .status(404, let words) where words.isEmpty || !wordsCount: return .absent
            case .permissionDenied: return .hidden
            default: throw error
            }
        }
    }
}

/// What came of looking for something.
enum Finding {
    /// It is there.
    case found(JSONObject)
    /// It is not there.
    case absent
    /// The caller may not know.
    case hidden

    /// What was found; `nil` when nothing was.
    var object: JSONObject? { if case .found(let object) = self { object } else { nil } }
}
