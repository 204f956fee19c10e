/// A family of documents: where the current ones and their versions are kept.
package struct DocumentKind: Sendable {
    /// The kind of the current documents.
    package let current: RecordKind
    /// The kind of the versions.
    package let versions: RecordKind
    /// What the documents are called in messages.
    package let word: String

    /// Declares a family.
    package init(current: RecordKind, versions: RecordKind, word: String) {
        self.current = current
        self.versions = versions
        self.word = word
    }
}
