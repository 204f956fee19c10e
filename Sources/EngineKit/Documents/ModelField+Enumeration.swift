import Notation

extension ModelField {
    /// The value as one of the words of an enumeration.
    package func word<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type = Word.self
    ) throws(ModelError) -> Word where Word.RawValue == String {
        let words = Word.allCases
        guard let text = json.stringValue, let word = words.first(where: { $0.rawValue.bytesEqual(to: text) }) else {
            throw failure("must be one of " + words.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }
}
