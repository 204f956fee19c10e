import EngineKit
import Notation

/// Where an attribute stands in a context: a JSON pointer (RFC 6901) such as `/app/version`, or a dotted name such as
/// `app.version`.
///
/// A member of the context that is itself called `app.version` is found before the member `version` of `app`. The
/// name `$time` stands for the time of the evaluation, whatever the context says.
package struct AttributePath: Sendable {
    /// The path as it was written.
    package let text: String
    /// The names from the context inwards, as UTF-8.
    let names: [[UInt8]]
    /// The whole of a dotted name as UTF-8; empty when the names say the same.
    let literal: [UInt8]

    /// The context's own key.
    package static let targetingKey = AttributePath(name: "targetingKey")
    /// The written name of the evaluation's time.
    package static let timeName = "$time"

    /// Whether this stands for the time of the evaluation.
    package var isTime: Bool { names.count == 1 && names[0].bytesEqual(to: Self.timeName) }

    /// Reads a path.
    ///
    /// - Throws: ``ModelError`` when it is empty, too long, has an empty dotted name or a bad escape.
    init(_ field: ModelField) throws(ModelError) {
        let text = try field.text(limit: ModelLimits.attributeBytes, isRequired: true)
        guard let path = AttributePath(text) else {
            throw field.failure("must be a JSON pointer or a dotted name of up to \(ModelLimits.attributeNames) names")
        }
        self = path
    }

    /// Reads a path from a text.
    ///
    /// - Returns: `nil` when the text is no path.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...ModelLimits.attributeBytes).contains(bytes.count) else { return nil }
        var names: [[UInt8]] = []
        if bytes[0] == UInt8(ascii: "/") {
            for part in Array(bytes.dropFirst()).bytesSplit(on: UInt8(ascii: "/")) {
                guard let name = Self.unescaped(part) else { return nil }
                names.append(name)
            }
            literal = []
        } else {
            names = bytes.bytesSplit(on: UInt8(ascii: ".")).map(Array.init)
            guard names.allSatisfy({ !$0.isEmpty }) else { return nil }
            literal = names.count > 1 ? bytes : []
        }
        guard names.count <= ModelLimits.attributeNames else { return nil }
        self.text = text
        self.names = names
    }

    private init(name: String) {
        text = name
        names = [Array(name.utf8)]
        literal = []
    }

    // RFC 6901 section 4: first `~1` to `/`, then `~0` to `~`; any other `~` is an error.
    private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8]? {
        var name: [UInt8] = []
        var isEscape = false
        for byte in part {
            switch (isEscape, byte) {
            case (false, UInt8(ascii: "~")): isEscape = true
            case (false, _): name.append(byte)
            case (true, UInt8(ascii: "0")): name.append(UInt8(ascii: "~")); isEscape = false
            case (true, UInt8(ascii: "1")): name.append(UInt8(ascii: "/")); isEscape = false
            case (true, _): return nil
            }
        }
        return isEscape ? nil : name
    }
}
