package import Notation

extension EngineResponse {
    /// The members of the answer's data, when there are any.
    package var dataObject: JSONObject? {
        switch body {
        case .data(let object): object
        case .rendered(let bytes), .raw(_, let bytes): (try? JSON(parsing: bytes, limits: .stored))?.objectValue
        case .none, .names, .events, .later: nil
        }
    }
}
