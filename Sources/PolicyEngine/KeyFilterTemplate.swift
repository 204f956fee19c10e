/// The path that stands for one key of a listing: `list_scan_response_keys_filter_path`.
///
/// Text with `{{ .path }}` (the path listed) and `{{ .key }}` (the key). Keys whose path the caller may not read are
/// left out of the listing.
package struct KeyFilterTemplate: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case literal([UInt8])
        case path
        case key
    }

    private let parts: [Part]
    /// The template as written.
    package let text: String

    /// Reads a template; `nil` when its braces do not pair, it uses anything but `.path` and `.key`, or lacks `.key`.
    init?(_ text: String) {
        guard let pieces = TemplateBraces.split(Array(text.utf8)) else { return nil }
        var parts: [Part] = []
        for piece in pieces {
            switch piece {
            case .literal(let bytes): parts.append(.literal(bytes))
            case .expression(let bytes) where bytes.elementsEqual(".path".utf8): parts.append(.path)
            case .expression(let bytes) where bytes.elementsEqual(".key".utf8): parts.append(.key)
            case .expression: return nil
            }
        }
        guard parts.contains(.key) else { return nil }
        self.parts = parts
        self.text = text
    }

    /// The path that decides about a key.
    ///
    /// - Parameters:
    ///   - path: the path listed, as bytes.
    ///   - key: the key found there, as bytes.
    package func path(forListing path: [UInt8], key: [UInt8]) -> [UInt8] {
        parts.flatMap { part in
            switch part {
            case .literal(let bytes): bytes
            case .path: path
            case .key: key
            }
        }
    }
}
