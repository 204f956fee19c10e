/// Why a document is not acceptable JSON, and where.
///
/// The document may hold secrets, so the error carries a position and a fixed phrase, never a part of the input.
package struct JSONError: Error, Hashable, Sendable {
    /// The rule that was broken.
    package enum Reason: Hashable, Sendable {
        /// A byte that cannot stand where it stands.
        case invalidCharacter
        /// The document stops inside a value.
        case unexpectedEnd
        /// Something other than white space follows the document's one value.
        case trailingContent
        /// A number that breaks the grammar, such as `01` or `1.`.
        case invalidNumber
        /// A number with more bytes than ``JSONLimits/maxNumberLength``.
        case numberTooLong
        /// A control character inside a string that is not escaped.
        case unescapedControlCharacter
        /// A backslash sequence that JSON does not have.
        case invalidEscape
        /// Half of a surrogate pair written as an escape.
        case loneSurrogate
        /// Bytes in a string that are not UTF-8.
        case invalidUTF8
        /// A member name that its object already has.
        case duplicateName
        /// More open containers than ``JSONLimits/maxDepth``.
        case tooDeep
        /// More strings than ``JSONLimits/maxStrings``.
        case tooManyStrings
        /// More values than ``JSONLimits/maxTokens``.
        case tooManyTokens
    }

    /// The rule that was broken.
    package let reason: Reason
    /// How many bytes precede the place where it was noticed.
    package let offset: Int

    /// Makes an error from its reason and the byte offset where it was noticed.
    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// Whether the document was refused for its size or shape and might be valid JSON otherwise.
    package var isLimit: Bool {
        switch reason {
        case .numberTooLong, .tooDeep, .tooManyStrings, .tooManyTokens: true
        default: false
        }
    }
}

extension JSONError: CustomStringConvertible {
    /// The reason and the offset, for example `invalid character at offset 12`.
    package var description: String { "\(reason.phrase) at offset \(offset)" }
}

extension JSONError.Reason {
    fileprivate var phrase: String {
        switch self {
        case .invalidCharacter: "invalid character"
        case .unexpectedEnd: "unexpected end of JSON input"
        case .trailingContent: "unexpected content after the value"
        case .invalidNumber: "invalid number"
        case .numberTooLong: "number too long"
        case .unescapedControlCharacter: "unescaped control character in string"
        case .invalidEscape: "invalid escape in string"
        case .loneSurrogate: "unpaired surrogate in string"
        case .invalidUTF8: "invalid UTF-8 in string"
        case .duplicateName: "duplicate member name"
        case .tooDeep: "nesting too deep"
        case .tooManyStrings: "too many strings"
        case .tooManyTokens: "too many values"
        }
    }
}
