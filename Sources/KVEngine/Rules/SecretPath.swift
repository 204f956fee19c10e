import EngineKit
import Notation

/// Checks a secret's path that came in a request's body, by the rules that the front door has for paths in the URL.
enum SecretPath {
    /// The longest URL path in bytes, without the `/v1/` in front.
    private static let urlByteCount = 4096
    /// The bytes that the longest route of one secret puts between mount and secret.
    private static let routeByteCount = "data-diff/".utf8.count

    /// The path's bytes.
    ///
    /// - Parameters:
    ///   - field: the field that brings the path.
    ///   - mount: where the secret is to be; mount, route and path together have to fit into a URL.
    static func read(_ field: String, of input: Input, in mount: MountContext) throws(EngineError) -> [UInt8] {
        guard let text = try input.string(field), !text.utf8.isEmpty else { throw .invalid("missing \(field)") }
        let path = Array(text.utf8)
        guard path.count <= urlByteCount - routeByteCount - mount.path.count else {
            throw .field(field, "a path of at most \(urlByteCount) bytes with its mount")
        }
        guard isPrintable(text) else { throw .field(field, "a path without non-printable characters") }
        for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard !segment.isEmpty, !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else {
                throw .field(field, "a path without empty or relative segments")
            }
        }
        return path
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
