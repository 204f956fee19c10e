/// Truth as Go's `strconv.ParseBool` reads it, which is what Vault's queries, options and variables may say.
package enum GoBoolean {
    /// Reads a word.
    ///
    /// - Parameter text: one of `1 t T TRUE true True`, or of `0 f F FALSE false False`.
    /// - Returns: `nil` for any other.
    package static func parse(_ text: String) -> Bool? {
        let bytes = text.utf8
        if ["true", "1", "t", "T", "TRUE", "True"].contains(where: { $0.utf8.elementsEqual(bytes) }) { return true }
        if ["false", "0", "f", "F", "FALSE", "False"].contains(where: { $0.utf8.elementsEqual(bytes) }) {
            return false
        }
        return nil
    }
}
