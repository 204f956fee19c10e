import EngineKit
import Notation

/// Which version of a thing is the current one, as far as changes need to tell.
struct ItemVersion: Sendable, Hashable {
    /// The number; 0 when there is nothing. A policy, which has no versions, is 1 while it is there.
    let number: Int
    /// What tells states with the same number apart: that a secret's version is deleted, when it was written, or a
    /// digest of what a policy says.
    let mark: String

    /// Nothing is there.
    static let none = ItemVersion(number: 0)

    init(number: Int, mark: String = "") {
        self.number = number
        self.mark = mark
    }

    /// The version in one text.
    var text: String { mark.utf8.isEmpty ? String(number) : "\(number) \(mark)" }

    /// Reads the text back; `nil` when it is none of ours.
    init?(text: String) {
        let parts = text.utf8.split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let number = parts.first.flatMap({ Int($0) }) else { return nil }
        self.init(number: number, mark: parts.count > 1 ? parts[1] : "")
    }

    /// Whether there is something to be seen: neither nothing nor something deleted.
    var isThere: Bool { number > 0 && !mark.utf8.elementsEqual(Self.deleted.utf8) }

    /// The mark of a version that is deleted, and of a flag that is archived.
    static let deleted = "deleted"
}
