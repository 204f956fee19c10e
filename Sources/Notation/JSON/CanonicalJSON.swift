/// JSON in one form only: no white space, members sorted by the bytes of their names, numbers by their text.
///
/// Numbers keep their text because a split may be sticky by one, and then `1` and `1.0` are different.
package enum CanonicalJSON {
    /// The value in canonical form. It calls itself once per level, at most `JSONLimits.greatestDepth` deep.
    package static func bytes(of json: JSON) -> [UInt8] {
        var output: [UInt8] = []
        write(json, into: &output)
        return output
    }

    /// The object in canonical form.
    package static func bytes(of object: JSONObject) -> [UInt8] { bytes(of: .object(object)) }

    private static func write(_ json: JSON, into output: inout [UInt8]) {
        switch json {
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(element, into: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            let members = object.members.sorted { ByteOrder.precedes($0.name, $1.name) }
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output.appendJSONName(member.name)
                write(member.value, into: &output)
            }
            output.append(UInt8(ascii: "}"))
        default: json.write(into: &output)
        }
    }
}
