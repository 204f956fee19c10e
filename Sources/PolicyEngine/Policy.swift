package import Notation

/// A named policy: its text and the rules in it.
package struct Policy: Sendable {
    /// The policy's name as the store has it.
    package let name: String
    /// The rules in the order they were written.
    package let rules: [PathRule]
    /// The text, verbatim.
    package let source: [UInt8]
    /// When the policy ends, with all its rules; `nil` for never.
    package let expiration: Timestamp?
    /// Which special bytes values substituted into templates may contain.
    package let templateOptions: TemplateOptions

    /// Parses a policy text in HCL or JSON.
    ///
    /// - Parameters:
    ///   - name: the policy's name.
    ///   - text: the text as UTF-8.
    ///   - expiration: when it ends, with all its rules; `nil` for never.
    ///   - templateOptions: the policy's flags for templates.
    /// - Throws: ``PolicyError`` with Vault's message and the place.
    package init(
        name: String, parsing text: [UInt8], expiration: Timestamp? = nil,
        templateOptions: TemplateOptions = TemplateOptions()
    ) throws(PolicyError) {
        guard !text.isEmpty else { throw PolicyError(message: "'policy' parameter not supplied or empty") }
        self.name = name
        self.rules = try PolicyParser.parse(text).map { $0.ending(at: expiration) }
        self.source = text
        self.expiration = expiration
        self.templateOptions = templateOptions
    }

    /// The `root` policy, which has no text and allows everything.
    package static let root = Policy(rootNamed: "root")

    private init(rootNamed name: String) {
        self.name = name
        rules = []
        source = []
        expiration = nil
        templateOptions = TemplateOptions()
    }

    /// Whether this is the `root` policy, whatever its text.
    package var isRoot: Bool { name.bytesEqual(to: Self.root.name) }

    /// Whether any pattern depends on the caller's identity.
    package var isTemplated: Bool { rules.contains { $0.template.isTemplated } }
}
