internal import Notation

extension JSON {
    /// Whether the value is null.
    var isNull: Bool { if case .null = self { true } else { false } }
}
