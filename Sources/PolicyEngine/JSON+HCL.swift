internal import Notation

extension JSON {
    /// The JSON value that an HCL value means, so that policies and requests compare in one form.
    ///
    /// The recursion is as deep as the HCL tree, which its parser bounds.
    init(_ value: HCLValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .number(let text): self = value.integer.map { .integer($0) } ?? .number(text)
        case .bool(let bool): self = .bool(bool)
        case .null: self = .null
        case .list(let values): self = .array(values.map { JSON($0) })
        case .body(let body): self = .object(JSONObject(body.items.map { JSON.member($0) }))
        }
    }

    private static func member(_ item: HCLItem) -> JSONObject.Member {
        // `a "b" { … }` means the object `b` in the object `a`.
        var value = JSON(item.value)
        for key in item.keys.dropFirst().reversed() {
            value = .object(JSONObject([JSONObject.Member(name: key, value: value)]))
        }
        return JSONObject.Member(name: item.name, value: value)
    }
}
