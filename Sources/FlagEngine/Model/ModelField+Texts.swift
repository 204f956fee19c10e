import EngineKit
import Notation

extension ModelField {
    /// The value as a list of different texts, none of them empty.
    ///
    /// Lists of keys are long, so the elements' paths are only written for an error.
    ///
    /// - Parameters:
    ///   - limit: How many there may be.
    ///   - byteLimit: How many bytes each may have.
    func distinctTexts(limit: Int, byteLimit: Int) throws(ModelError) -> [String] {
        var texts: [String] = []
        for (index, value) in try array(limit: limit).enumerated() {
            guard case .string(let text) = value, (1...byteLimit).contains(text.utf8.count) else {
                throw ModelError(path: "\(path)[\(index)]", problem: "must be a string of 1 to \(byteLimit) bytes")
            }
            texts.append(text)
        }
        if let index = KeyTable.indexOfDuplicate(in: texts) {
            throw ModelError(path: "\(path)[\(index)]", problem: "is in the list twice")
        }
        return texts
    }
}

extension ModelObject {
    /// A list of different texts; empty when it is absent.
    func distinctTexts(_ name: String, limit: Int, byteLimit: Int) throws(ModelError) -> [String] {
        guard let field = self[name] else { return [] }
        return try field.distinctTexts(limit: limit, byteLimit: byteLimit)
    }
}
