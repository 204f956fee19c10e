package import Notation

/// A value of a document that is being read, and where it stands.
package struct ModelField {
    /// The value.
    package let json: JSON
    /// Where it stands, as ``ModelError/path`` says it.
    package let path: String

    /// Takes a value at its place.
    package init(json: JSON, path: String) {
        self.json = json
        self.path = path
    }

    /// The error of this field.
    package func failure(_ problem: String) -> ModelError { ModelError(path: path, problem: problem) }

    /// The value as a boolean.
    package func bool() throws(ModelError) -> Bool {
        guard let value = json.boolValue else { throw failure("must be a boolean") }
        return value
    }

    /// The value as a text.
    ///
    /// - Parameters:
    ///   - limit: The longest it may be in bytes.
    ///   - isRequired: Whether the empty text is refused.
    package func text(limit: Int, isRequired: Bool = false) throws(ModelError) -> String {
        guard let value = json.stringValue else { throw failure("must be a string") }
        guard value.utf8.count <= limit else { throw failure("must have at most \(limit) bytes") }
        guard !isRequired || !value.utf8.isEmpty else { throw failure("must not be empty") }
        return value
    }

    /// The value as a name that follows ``DocumentName``.
    package func name() throws(ModelError) -> String {
        guard let value = json.stringValue else { throw failure("must be a string") }
        guard DocumentName.isValid(value) else { throw failure(DocumentName.rule) }
        return value
    }

    /// The value as an integer within bounds.
    package func integer(in bounds: ClosedRange<Int>) throws(ModelError) -> Int {
        guard let value = json.intValue, bounds.contains(value) else {
            throw failure("must be an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }

    /// The value as an instant in RFC 3339 form.
    package func instant() throws(ModelError) -> Timestamp {
        guard let text = json.stringValue, let instant = Timestamp(parsing: text) else {
            throw failure("must be an RFC 3339 date and time")
        }
        return instant
    }

    /// The elements of the value as fields.
    package func elements(limit: Int) throws(ModelError) -> [ModelField] {
        let values = try array(limit: limit)
        return values.enumerated().map { ModelField(json: $1, path: "\(path)[\($0)]") }
    }

    /// The elements of the value.
    package func array(limit: Int) throws(ModelError) -> [JSON] {
        guard let values = json.arrayValue else { throw failure("must be an array") }
        guard values.count <= limit else { throw failure("must have at most \(limit) elements") }
        return values
    }
}
