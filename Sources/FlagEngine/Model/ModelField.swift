import Notation

/// A value of a document that is being read, and where it stands.
struct ModelField {
    /// The value.
    let json: JSON
    /// Where it stands, as ``ModelError/path`` says it.
    let path: String

    /// The error of this field.
    func failure(_ problem: String) -> ModelError { ModelError(path: path, problem: problem) }

    /// The value as a boolean.
    func bool() throws(ModelError) -> Bool {
        guard let value = json.boolValue else { throw failure("must be a boolean") }
        return value
    }

    /// The value as a text.
    ///
    /// - Parameters:
    ///   - limit: The longest it may be in bytes.
    ///   - isRequired: Whether the empty text is refused.
    func text(limit: Int, isRequired: Bool = false) throws(ModelError) -> String {
        guard let value = json.stringValue else { throw failure("must be a string") }
        guard value.utf8.count <= limit else { throw failure("must have at most \(limit) bytes") }
        guard !isRequired || !value.utf8.isEmpty else { throw failure("must not be empty") }
        return value
    }

    /// The value as a name that follows ``FlagName``.
    func name() throws(ModelError) -> String {
        guard let value = json.stringValue else { throw failure("must be a string") }
        guard FlagName.isValid(value) else { throw failure(FlagName.rule) }
        return value
    }

    /// The value as an integer within bounds.
    func integer(in bounds: ClosedRange<Int>) throws(ModelError) -> Int {
        guard let value = json.intValue, bounds.contains(value) else {
            throw failure("must be an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }

    /// The value as an instant in RFC 3339 form.
    func instant() throws(ModelError) -> Timestamp {
        guard let text = json.stringValue, let instant = Timestamp(parsing: text) else {
            throw failure("must be an RFC 3339 date and time")
        }
        return instant
    }

    /// The elements of the value as fields.
    func elements(limit: Int) throws(ModelError) -> [ModelField] {
        let values = try array(limit: limit)
        return values.enumerated().map { ModelField(json: $1, path: "\(path)[\($0)]") }
    }

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

    private func array(limit: Int) throws(ModelError) -> [JSON] {
        guard let values = json.arrayValue else { throw failure("must be an array") }
        guard values.count <= limit else { throw failure("must have at most \(limit) elements") }
        return values
    }
}
