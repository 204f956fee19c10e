import EngineKit
import Notation

/// The version that a writer believes to be the current one; the write only happens when it is.
enum CheckAndSet {
    /// Checks the `cas` of a write, either in `options` or, for routes beyond Vault's, beside the other fields.
    ///
    /// - Parameters:
    ///   - input: what the request brings.
    ///   - current: the number of the current version; 0 when there is none.
    ///   - isRequired: whether mount or secret ask for the parameter.
    ///   - isTopLevel: whether `cas` may also stand beside `options`.
    static func check(
        _ input: Input, current: Int, isRequired: Bool, isTopLevel: Bool = false
    ) throws(EngineError) {
        var given = try input.object("options")?["cas"]
        if given == nil, isTopLevel { given = input.members["cas"] }
        guard let given else {
            if isRequired { throw .invalid("check-and-set parameter required for this call") }
            return
        }
        guard let expected = number(given) else { throw .invalid("error parsing check-and-set parameter") }
        guard expected == current else {
            throw .invalid("check-and-set parameter did not match the current version")
        }
    }

    /// Checks the `metadata_cas` of a write of a secret's settings.
    ///
    /// - Parameters:
    ///   - input: what the request brings.
    ///   - current: how often the settings were written; `nil` when there is no such secret.
    ///   - isRequired: whether mount or secret ask for the parameter.
    static func checkMetadata(_ input: Input, current: Int?, isRequired: Bool) throws(EngineError) {
        guard let given = input.members["metadata_cas"] else {
            if isRequired { throw .invalid("metadata check-and-set parameter required for this call") }
            return
        }
        guard let expected = number(given) else { throw .field("metadata_cas", "an integer") }
        guard let current else {
            if expected != 0 { throw .invalid("metadata_cas must be 0 when creating new metadata") }
            return
        }
        guard expected == current else {
            throw .invalid("metadata check-and-set parameter does not match the current version")
        }
    }

    private static func number(_ value: JSON) -> Int? {
        switch value {
        case .number(let text), .string(let text): Int(text)
        case .bool(let isTrue): isTrue ? 1 : 0
        case .null: 0
        case .array, .object: nil
        }
    }
}
