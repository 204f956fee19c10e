extension JSON {
    /// This value as a document in UTF-8, without white space, members in their order, numbers by their text.
    package func serialized() -> [UInt8] {
        var output: [UInt8] = []
        write(into: &output)
        return output
    }

    /// Appends this value as ``serialized()`` writes it.
    ///
    /// It calls itself once per level of nesting; what the parser accepts is at most ``JSONLimits/greatestDepth`` deep.
    package func write(into output: inout [UInt8]) {
        switch self {
        case .null: output.append(literal: "null")
        case .bool(let value): output.append(literal: value ? "true" : "false")
        case .number(let text): output.append(utf8: text)
        case .string(let text): output.appendJSONString(text)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.write(into: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object): object.write(into: &output)
        }
    }
}

extension JSONObject {
    /// Appends this object as ``JSON/serialized()`` writes it.
    package func write(into output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.appendJSONName(member.name)
            member.value.write(into: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// This object as a document, as ``JSON/serialized()`` writes it.
    package func serialized() -> [UInt8] {
        var output: [UInt8] = []
        write(into: &output)
        return output
    }
}
