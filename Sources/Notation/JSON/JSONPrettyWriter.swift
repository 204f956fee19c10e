extension JSON {
    /// This value as a document for people: one member or element a line, a blank after each colon.
    ///
    /// - Parameter indent: Blanks for each level of nesting.
    package func prettySerialized(indent: Int = 2) -> [UInt8] {
        var output: [UInt8] = []
        writePretty(into: &output, indent: max(indent, 0), level: 0)
        return output
    }

    private func writePretty(into output: inout [UInt8], indent: Int, level: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                output.startJSONLine(afterComma: index > 0, blanks: indent * (level + 1))
                element.writePretty(into: &output, indent: indent, level: level + 1)
            }
            output.startJSONLine(afterComma: false, blanks: indent * level)
            output.append(UInt8(ascii: "]"))
        case .object(let object) where !object.members.isEmpty:
            output.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                output.startJSONLine(afterComma: index > 0, blanks: indent * (level + 1))
                output.appendJSONName(member.name)
                output.append(UInt8(ascii: " "))
                member.value.writePretty(into: &output, indent: indent, level: level + 1)
            }
            output.startJSONLine(afterComma: false, blanks: indent * level)
            output.append(UInt8(ascii: "}"))
        default: write(into: &output)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func startJSONLine(afterComma: Bool, blanks: Int) {
        if afterComma { append(UInt8(ascii: ",")) }
        append(UInt8(ascii: "\n"))
        append(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks))
    }
}
