import EngineKit
import Notation

/// The entity tag of an answer with effective configuration (RFC 9110, section 8.8.3).
struct EffectiveTag {
    private var hash = BLAKE2b256()

    /// Begins with what is the same for all who ask.
    ///
    /// - Parameters:
    ///   - digest: the digest of the document's values.
    ///   - revision: the document's revision.
    init(_ digest: String, _ revision: UInt64, _ format: ConfigFormat = .json, explains: Bool = false) {
        hash.update(digest)
        hash.update("\(revision) \(format.rawValue) \(explains)")
    }

    /// Covers what becomes of a leaf for one who asks: whether it is kept back, and the versions of its secrets.
    mutating func cover(_ outcome: PersonalValue, at place: Int) {
        hash.update(
            "\(place) \(outcome.isRedacted) \(outcome.problem ?? "") \(outcome.secretVersions) \(outcome.secretTimes)")
    }

    /// The tag with its quotes.
    var text: String { "\"\(Hexadecimal.encode(Array(hash.finish().bytes.prefix(16))))\"" }
}
