import Notation

/// Configuration as a Kubernetes ConfigMap or Secret, in YAML.
enum KubernetesText {
    /// - Parameters:
    ///   - name: the service, of which the object's name is made.
    ///   - isSecret: whether it is a Secret, whose values are base64.
    static func text(
        _ values: [(key: String, value: JSON)], name: String, isSecret: Bool
    ) throws(RenderingError) -> String {
        var data = JSONObject()
        var keys: [String: String] = [:]
        for (key, value) in values {
            // `:` is the one character of our keys that Kubernetes does not take.
            let own = key.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "_") : $0 }
            let name = String(decoding: own, as: UTF8.self)
            if let other = keys.updateValue(key, forKey: name) {
                throw RenderingError(description: "\"\(other)\" and \"\(key)\" would both become \(name)")
            }
            let text = if case .null = value { "" } else { value.plainText }
            data.members.append(.init(name: name, value: .string(isSecret ? Base64.encode(Array(text.utf8)) : text)))
        }
        var object: JSONObject = [
            "apiVersion": "v1", "kind": isSecret ? "Secret" : "ConfigMap",
            "metadata": ["name": .string(Self.name(of: name))],
        ]
        if isSecret { object["type"] = "Opaque" }
        object["data"] = .object(data)
        return YAMLText.text(object)
    }

    /// A name by RFC 1123: lower case, `-` in the place of what is not allowed, and neither at its ends.
    private static func name(of service: String) -> String {
        var name = Array(service.utf8).asciiLowercased().map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): byte
            default: UInt8(ascii: "-")
            }
        }
        name = Array(name.drop { $0 == UInt8(ascii: "-") }.prefix(63))
        while name.last == UInt8(ascii: "-") { name.removeLast() }
        return name.isEmpty ? "configuration" : String(decoding: name, as: UTF8.self)
    }
}
