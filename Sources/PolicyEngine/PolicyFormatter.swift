internal import Notation

/// Writes policies in one canonical layout.
package enum PolicyFormatter {
    /// Formats a policy text; comments stay, text in JSON comes back unchanged.
    ///
    /// - Parameter text: the policy as UTF-8.
    /// - Throws: ``PolicyError`` when the text is no valid policy.
    package static func format(_ text: [UInt8]) throws(PolicyError) -> [UInt8] {
        _ = try Policy(name: "", parsing: text)
        do throws(HCLError) {
            return try HCLFormatter.format(text)
        } catch {
            throw PolicyError(error)
        }
    }
}
