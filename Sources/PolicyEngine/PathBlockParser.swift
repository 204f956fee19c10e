internal import Notation

/// Reads one `path` block.
struct PathBlockParser {
    private static let keys = [
        "comment", "policy", "capabilities", "allowed_parameters", "denied_parameters", "required_parameters",
        "min_wrapping_ttl", "max_wrapping_ttl", "mfa_methods", "pagination_limit", "expiration",
        "list_scan_response_keys_filter_path", "control_group", "denied_variations",
    ]

    private let block: HCLBlock
    private let path: String
    private var attributes: [String: HCLItem] = [:]

    /// Prepares to read a block with one label, the pattern.
    init(_ block: HCLBlock) {
        self.block = block
        path = block.labels.first ?? ""
    }

    /// Reads the block into a rule.
    mutating func parse() throws(PolicyError) -> PathRule {
        guard let template = PathTemplate(path) else {
            throw error("failed to validate policy templating: unbalanced templating characters")
        }
        // Where no template stands in the pattern, a forbidden one can be told from the text alone.
        guard PathPattern(Array(path.utf8)) != nil else {
            throw error("invalid use of wildcards ('+*' is forbidden)")
        }
        try collectAttributes()
        let capabilities = try parseCapabilities()
        return PathRule(
            template: template,
            capabilities: capabilities,
            conditions: capabilities == .deny ? RuleConditions() : try parseConditions(capabilities),
            expiration: try parseExpiration(),
            comment: try string("comment"),
            line: block.line,
            column: block.column)
    }

    private mutating func collectAttributes() throws(PolicyError) {
        for item in block.body.items {
            guard let key = Self.keys.first(where: { item.isNamed($0) }) else {
                throw error("invalid key \(PolicyError.quoted(item.name)) on line \(item.line)", at: item)
            }
            guard item.keys.count == 1 else { throw error("\(key): unexpected label", at: item) }
            guard attributes[key] == nil else { throw error("\(key): given more than once", at: item) }
            attributes[key] = item
        }
    }

    private func parseCapabilities() throws(PolicyError) -> Capabilities {
        var result: Capabilities = []
        if let item = attributes["policy"] {
            guard let word = item.value.stringValue else { throw error("policy: expected a string", at: item) }
            guard let meaning = Capabilities(oldStyleWord: word) else {
                throw error("invalid policy \(PolicyError.quoted(word))", at: item)
            }
            if meaning == .deny { return .deny }
            result = meaning
        }
        guard let item = attributes["capabilities"] else { return result }
        for word in try strings("capabilities") {
            guard let capability = Capabilities(word: word) else {
                throw error("invalid capability \(PolicyError.quoted(word))", at: item)
            }
            if capability == .deny { return .deny }
            result.formUnion(capability)
        }
        return result
    }

    private func parseConditions(_ capabilities: Capabilities) throws(PolicyError) -> RuleConditions {
        var conditions = RuleConditions()
        conditions.parameters = ParameterRules(
            allowed: try parameters("allowed_parameters"), denied: try parameters("denied_parameters"),
            required: try strings("required_parameters"))
        conditions.minimumWrapping = try duration("min_wrapping_ttl")
        conditions.maximumWrapping = try duration("max_wrapping_ttl")
        if let minimum = conditions.minimumWrapping, let maximum = conditions.maximumWrapping, maximum < minimum {
            throw PolicyError("max_wrapping_ttl cannot be less than min_wrapping_ttl", at: block.line, block.column)
        }
        conditions.paginationLimit = try parsePaginationLimit()
        conditions.keyFilter = try parseKeyFilter(capabilities)
        conditions.deniedVariations = Set(try strings("denied_variations").map { Array($0.utf8) })
        let hasMethods = try !strings("mfa_methods").isEmpty
        conditions.needsApproval = hasMethods || attributes["control_group"] != nil
        return conditions
    }

    private func parsePaginationLimit() throws(PolicyError) -> Int? {
        guard let item = attributes["pagination_limit"] else { return nil }
        guard let limit = item.value.integer else { throw error("pagination_limit: expected an integer", at: item) }
        return limit > 0 ? limit : nil
    }

    private func parseKeyFilter(_ capabilities: Capabilities) throws(PolicyError) -> KeyFilterTemplate? {
        let key = "list_scan_response_keys_filter_path"
        guard let item = attributes[key], let text = try string(key), !text.utf8.isEmpty else { return nil }
        guard !capabilities.isDisjoint(with: [.list, .scan]) else {
            throw error("\(key) needs to be used on a path with the list capability", at: item)
        }
        guard let filter = KeyFilterTemplate(text) else {
            throw error(
                "unable to compile template for \(key): expected {{ .key }} and optionally {{ .path }}", at: item)
        }
        return filter
    }

    private func parseExpiration() throws(PolicyError) -> Timestamp? {
        guard let item = attributes["expiration"] else { return nil }
        switch item.value {
        case .string(let text) where text.utf8.isEmpty:
            return nil
        case .string(let text):
            if let instant = Timestamp(parsing: text) { return instant }
            if let seconds = Int64(text), seconds > 0 { return Timestamp(seconds: seconds) }
        case .number(let text):
            if let seconds = Int64(text), seconds > 0 { return Timestamp(seconds: seconds) }
        default:
            break
        }
        throw error("invalid expiration time: expected RFC 3339 or seconds since 1970", at: item)
    }
}

extension PathBlockParser {
    private func error(_ problem: String, at item: HCLItem? = nil) -> PolicyError {
        PolicyError(path: path, problem, at: item?.line ?? block.line, item?.column ?? block.column)
    }

    private func string(_ key: String) throws(PolicyError) -> String? {
        guard let item = attributes[key] else { return nil }
        guard let text = item.value.stringValue else { throw error("\(key): expected a string", at: item) }
        return text
    }

    private func strings(_ key: String) throws(PolicyError) -> [String] {
        guard let item = attributes[key] else { return [] }
        guard case .list = item.value, let strings = item.value.strings else {
            throw error("\(key): expected a list of strings", at: item)
        }
        return strings
    }

    private func duration(_ key: String) throws(PolicyError) -> GoDuration? {
        guard let item = attributes[key] else { return nil }
        guard let duration = item.value.duration else {
            throw PolicyError("error parsing \(key): expected a duration", at: item.line, item.column)
        }
        return duration == .zero ? nil : duration
    }

    private func parameters(_ key: String) throws(PolicyError) -> [ParameterRules.Entry] {
        guard let item = attributes[key] else { return [] }
        var entries: [ParameterRules.Entry] = []
        for body in try bodies(item, key) {
            for parameter in body.items {
                guard parameter.keys.count == 1, case .list(let values) = parameter.value else {
                    throw error("\(key): expected a list of values for each parameter", at: parameter)
                }
                entries.append(ParameterRules.Entry(name: parameter.name, values: values.map { JSON($0) }))
            }
        }
        return entries
    }

    /// The JSON form may give an object or a list of objects.
    private func bodies(_ item: HCLItem, _ key: String) throws(PolicyError) -> [HCLBody] {
        let values = if case .list(let values) = item.value { values } else { [item.value] }
        var bodies: [HCLBody] = []
        for value in values {
            guard case .body(let body) = value else { throw error("\(key): expected an object", at: item) }
            bodies.append(body)
        }
        return bodies
    }
}
