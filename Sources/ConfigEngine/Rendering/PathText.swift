import Notation

/// Places within values, in words for comments.
enum PathText {
    /// The names with dots between them. A name that could end the comment, or be taken for more of it, is quoted.
    static func text(_ path: [String]) -> String {
        path.enumerated().map { index, name in index == 0 || isPlain(name) ? name : YAMLText.quoted(name) }
            .joined(separator: ".")
    }

    private static func isPlain(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain && !name.utf8.isEmpty
    }
}

extension JSON {
    /// The value without what stands at the places; `nil` where nothing is left of it.
    ///
    /// It calls itself once per level of the value, which the parser has limited.
    func without(_ places: [ArraySlice<String>]) -> JSON? {
        guard !places.isEmpty else { return self }
        guard !places.contains(where: \.isEmpty), case .object(let object) = self else { return nil }
        let members = object.members.compactMap { member -> JSONObject.Member? in
            let below = places.filter { $0.first?.bytesEqual(to: member.name) ?? false }.map { $0.dropFirst() }
            return member.value.without(below).map { .init(name: member.name, value: $0) }
        }
        return members.isEmpty ? nil : .object(JSONObject(members))
    }
}
