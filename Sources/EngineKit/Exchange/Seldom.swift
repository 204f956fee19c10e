/// Keeps a part that is large and seldom there out of the value that has it, which is handed on many times.
///
/// It takes one word in that value instead of the part's own size.
@propertyWrapper
package struct Seldom<Part: Sendable>: Sendable {
    // One element at most: an empty array is a word, and nothing is allocated for it.
    private var kept: [Part]

    /// Takes the part, or none.
    package init(wrappedValue: Part?) { kept = wrappedValue.map { [$0] } ?? [] }

    /// The part; `nil` when it is not there.
    package var wrappedValue: Part? {
        get { kept.first }
        set { kept = newValue.map { [$0] } ?? [] }
    }
}
