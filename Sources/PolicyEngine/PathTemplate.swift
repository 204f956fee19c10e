/// A path pattern that may name parts of the caller's identity: `secret/data/{{identity.entity.id}}/*`.
package struct PathTemplate: Sendable, Equatable {
    /// The longest substituted value in bytes; identity names are far shorter, and paths are bounded.
    package static let maximumValueLength = 1024

    private let pieces: [TemplateBraces.Piece]
    /// The pattern as written.
    package let text: String

    /// Reads a pattern; `nil` when its braces do not pair or enclose nothing.
    package init?(_ text: String) {
        guard let pieces = TemplateBraces.split(Array(text.utf8)) else { return nil }
        self.pieces = pieces
        self.text = text
    }

    /// Whether the pattern depends on the caller.
    package var isTemplated: Bool {
        pieces.contains { if case .expression = $0 { true } else { false } }
    }

    /// The pattern for a caller.
    ///
    /// - Parameters:
    ///   - identity: what is known of the caller; `nil` resolves nothing.
    ///   - options: which special bytes substituted values may contain.
    /// - Returns: `nil` when an expression does not resolve or a value would change the shape of the path: empty,
    ///   `.`, `..`, too long, or containing `*`, `+`, `/` or `%` without permission. The rule is then left out.
    package func resolved(for identity: TemplateContext?, options: TemplateOptions) -> [UInt8]? {
        var result: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let bytes):
                result.append(contentsOf: bytes)
            case .expression(let expression):
                guard let value = identity?.value(of: expression), options.admits(value) else { return nil }
                result.append(contentsOf: value)
            }
        }
        return result
    }
}

/// Which special bytes the values substituted into a policy's templates may contain.
package struct TemplateOptions: Sendable, Equatable {
    /// Whether `*` and `+` are accepted (`allow_wildcards_in_identity_templates`).
    package var allowsWildcards: Bool
    /// Whether `/` is accepted (`allow_slashes_in_identity_templates`).
    package var allowsSlashes: Bool

    /// Makes options; without arguments, the safe ones.
    package init(allowsWildcards: Bool = false, allowsSlashes: Bool = false) {
        self.allowsWildcards = allowsWildcards
        self.allowsSlashes = allowsSlashes
    }

    func admits(_ value: [UInt8]) -> Bool {
        guard !value.isEmpty, value.count <= PathTemplate.maximumValueLength else { return false }
        for segment in value.split(separator: PathPattern.slash, omittingEmptySubsequences: false) {
            if segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) { return false }
        }
        return value.allSatisfy { byte in
            switch byte {
            case PathPattern.star, PathPattern.plus: allowsWildcards
            // A percent sign may be a slash to whoever decodes the path once more.
            case PathPattern.slash, UInt8(ascii: "%"): allowsSlashes
            case 0x00..<0x20, 0x7F: false
            default: true
            }
        }
    }
}
