import Notation

/// The forms in which effective configuration is handed out.
enum ConfigFormat: String, CaseIterable, Sendable {
    case json, env, properties, yaml, toml
    /// JSON with the keys' dots as objects within each other.
    case tree
    case kubernetesConfigMap = "k8s-configmap"
    case kubernetesSecret = "k8s-secret"

    /// The form of a name; `k8s` is short for the config map.
    init?(name: String) {
        let found = Self.allCases.first { $0.rawValue.bytesEqual(to: name) }
        guard let found = found ?? (name.bytesEqual(to: "k8s") ? .kubernetesConfigMap : nil) else { return nil }
        self = found
    }

    /// The media type of the form.
    var contentType: String {
        switch self {
        case .json, .tree: "application/json"
        case .env, .properties: "text/plain; charset=utf-8"
        case .yaml, .kubernetesConfigMap, .kubernetesSecret: "application/yaml"
        case .toml: "application/toml"
        }
    }

    /// Writes configuration in the form.
    ///
    /// - Parameters:
    ///   - values: the keys with their values, in order.
    ///   - leftOut: what is kept back, by its path; it is named in a comment, where the form has any.
    ///   - name: whom it is for.
    /// - Throws: ``RenderingError`` when two keys would become one, or a value has no form.
    func render(
        _ values: [(key: String, value: JSON)], leftOut: [String], name: String
    ) throws(RenderingError) -> [UInt8] {
        let text: String
        switch self {
        case .json: return JSON.object(JSONObject(values.map { .init(name: $0.key, value: $0.value) })).serialized()
        // JSON has no comments, so what is kept back is only left out.
        case .tree: return JSON.object(try ConfigTree.nested(values)).serialized()
        case .env: text = try EnvironmentText.text(values)
        case .properties: text = PropertiesText.text(values)
        case .yaml: text = YAMLText.text(try ConfigTree.nested(values))
        case .toml: text = try TOMLText.text(try ConfigTree.nested(values))
        case .kubernetesConfigMap: text = try KubernetesText.text(values, name: name, isSecret: false)
        case .kubernetesSecret: text = try KubernetesText.text(values, name: name, isSecret: true)
        }
        let comment = leftOut.isEmpty ? "" : "# kept back from this token: \(leftOut.joined(separator: ", "))\n"
        return Array((comment + text).utf8)
    }
}

/// Why configuration has no such form; it names keys, never values.
struct RenderingError: Error, CustomStringConvertible {
    let description: String
}

/// Keys with dots as objects within each other.
enum ConfigTree {
    /// The object that the keys make.
    static func nested(_ values: [(key: String, value: JSON)]) throws(RenderingError) -> JSONObject {
        var tree = Node()
        for (key, value) in values {
            let path = key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            try tree.put(value, at: path[...], of: key)
        }
        return tree.object
    }

    private struct Node {
        private var members: [(name: String, node: Node)] = []
        private var leaf: (key: String, value: JSON)?

        /// Puts a value in its place. It calls itself once per part of the key, which has at most 128 bytes.
        mutating func put(_ value: JSON, at path: ArraySlice<String>, of key: String) throws(RenderingError) {
            if let leaf {
                throw RenderingError(description: "\"\(leaf.key)\" and \"\(key)\" cannot both stand in this form")
            }
            guard let name = path.first else {
                if let other = members.first {
                    throw RenderingError(
                        description: "\"\(key)\" and \"\(key).\(other.name)\" cannot both stand in this form")
                }
                leaf = (key, value)
                return
            }
            if let place = members.firstIndex(where: { $0.name.bytesEqual(to: name) }) {
                try members[place].node.put(value, at: path.dropFirst(), of: key)
            } else {
                var node = Node()
                try node.put(value, at: path.dropFirst(), of: key)
                members.append((name, node))
            }
        }

        var object: JSONObject {
            JSONObject(
                members.map { member in
                    .init(name: member.name, value: member.node.leaf?.value ?? .object(member.node.object))
                })
        }
    }
}

extension JSON {
    /// The value as plain text: a string by itself, everything else as JSON.
    var plainText: String {
        if case .string(let text) = self { text } else { String(decoding: serialized(), as: UTF8.self) }
    }
}
