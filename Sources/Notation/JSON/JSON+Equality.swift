extension JSON {
    /// Whether two values were written alike: strings and names by their bytes, numbers by their text, arrays in
    /// order, objects whatever the order of their members.
    package func isIdentical(to other: JSON) -> Bool {
        isEqual(to: other) { $0.bytesEqual(to: $1) }
    }

    /// Whether two values mean the same: as ``isIdentical(to:)``, but numbers by their exact decimal value, so that
    /// `1`, `1.0` and `10e-1` are equal and integers of any length are never rounded.
    package func isEquivalent(to other: JSON) -> Bool {
        isEqual(to: other) { left, right in
            guard let left = JSONDecimal(left), let right = JSONDecimal(right) else {
                return left.bytesEqual(to: right)
            }
            return left == right
        }
    }

    // Calls itself once per level of nesting; what the parser accepts is at most `JSONLimits.greatestDepth` deep.
    fileprivate func isEqual(to other: JSON, numbers areEqual: (String, String) -> Bool) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): areEqual(left, right)
        case (.string(let left), .string(let right)): left.bytesEqual(to: right)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEqual(to: $1, numbers: areEqual) }
        case (.object(let left), .object(let right)): left.isEqual(to: right, numbers: areEqual)
        default: false
        }
    }
}

extension JSONObject {
    fileprivate func isEqual(to other: JSONObject, numbers areEqual: (String, String) -> Bool) -> Bool {
        guard members.count == other.members.count else { return false }
        if zip(members, other.members).allSatisfy({ $0.name.bytesEqual(to: $1.name) }) {
            return Self.areEqual(members, other.members, numbers: areEqual)
        }
        let order = { (left: Member, right: Member) in ByteOrder.precedes(left.name, right.name) }
        return Self.areEqual(members.sorted(by: order), other.members.sorted(by: order), numbers: areEqual)
    }

    private static func areEqual(
        _ left: [Member], _ right: [Member], numbers areEqual: (String, String) -> Bool
    ) -> Bool {
        zip(left, right).allSatisfy {
            $0.name.bytesEqual(to: $1.name) && $0.value.isEqual(to: $1.value, numbers: areEqual)
        }
    }
}
