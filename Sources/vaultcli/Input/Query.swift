internal import Notation

/// The data of a command as the query of a request.
enum Query {
    /// Reads `key=value` words; a key given several times stays so.
    ///
    /// - Parameters:
    ///   - words: the words after the path.
    ///   - console: where standard input is read.
    /// - Returns: names and values.
    /// - Throws: ``Failure`` with status 1 for a word that is none of the forms.
    static func items(_ words: [String], _ console: Console) throws(Failure) -> [(name: String, value: String)] {
        try KeyValueInput.parse(words, console).members.flatMap { member in
            (member.value.arrayValue ?? [member.value]).map { (member.name, CellText.field($0)) }
        }
    }
}
