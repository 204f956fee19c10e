import EngineKit
import Notation

/// An operator with its values, ready to be put to an attribute.
enum ConditionTest: Sendable {
    case exists
    case isOneOf(ScalarValues)
    case contains([TextSearch])
    case startsWith([[UInt8]])
    case endsWith([[UInt8]])
    case number(Comparison, NumberValue)
    case before(Timestamp)
    case after(Timestamp)
    case version(Comparison, [[UInt8]])
    case address([AddressRange])
    case matches([RegularExpression])
    /// For values that do not fit their operator, which only a damaged record has.
    case never

    /// How the left side relates to the right one.
    enum Comparison: Sendable {
        case less, lessOrEqual, equal, greaterOrEqual, greater

        /// Whether the relation holds, given the order of the sides: negative, zero or positive.
        func holds(for order: Int) -> Bool {
            switch self {
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .equal: order == 0
            case .greaterOrEqual: order >= 0
            case .greater: order > 0
            }
        }
    }

    /// A number's text, and its value when that is an integer of 64 bits.
    struct NumberValue: Sendable {
        let text: [UInt8]
        let integer: Int64?
    }
}

extension ConditionTest {
    /// Checks that values fit an operator and makes the test of them.
    ///
    /// - Throws: ``ModelError`` naming the value, or the list when the count is wrong.
    init(_ operator: ConditionOperator, values: ConditionValues) throws(ModelError) {
        try Self.checkCount(of: values, for: `operator`)
        switch `operator` {
        case .exists: self = .exists
        case .equals, .in: self = .isOneOf(try ScalarValues(values))
        case .contains: self = .contains(try Self.texts(values).map(TextSearch.init))
        case .startsWith: self = .startsWith(try Self.texts(values))
        case .endsWith: self = .endsWith(try Self.texts(values))
        case .less: self = .number(.less, try Self.number(values))
        case .lessOrEqual: self = .number(.lessOrEqual, try Self.number(values))
        case .greater: self = .number(.greater, try Self.number(values))
        case .greaterOrEqual: self = .number(.greaterOrEqual, try Self.number(values))
        case .before: self = .before(try Self.instant(values))
        case .after: self = .after(try Self.instant(values))
        case .semverEquals: self = .version(.equal, try Self.versions(values))
        case .semverLess: self = .version(.less, try Self.versions(values))
        case .semverLessOrEqual: self = .version(.lessOrEqual, try Self.versions(values))
        case .semverGreater: self = .version(.greater, try Self.versions(values))
        case .semverGreaterOrEqual: self = .version(.greaterOrEqual, try Self.versions(values))
        case .cidr: self = .address(try Self.ranges(values))
        case .matches: self = .matches(try Self.expressions(values))
        }
    }

    private static func checkCount(
        of values: ConditionValues, for operator: ConditionOperator
    ) throws(ModelError) {
        let count = values.fields.count
        switch `operator` {
        case .exists:
            guard count == 0 else { throw values.failure("must not be given for exists") }
        case .in:
            guard count > 0 else { throw values.failure("must have at least one element") }
        case .contains, .startsWith, .endsWith, .semverEquals, .cidr:
            guard (1...ModelLimits.comparedValues).contains(count) else {
                throw values.failure("must have 1 to \(ModelLimits.comparedValues) elements")
            }
        case .matches:
            guard (1...ModelLimits.patterns).contains(count) else {
                throw values.failure("must have 1 to \(ModelLimits.patterns) elements")
            }
        default:
            guard count == 1 else { throw values.failure("must have exactly one element") }
        }
    }

    private static func texts(_ values: ConditionValues) throws(ModelError) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        for field in values.fields {
            texts.append(Array(try field.text(limit: ModelLimits.conditionValueBytes, isRequired: true).utf8))
        }
        return texts
    }

    private static func number(_ values: ConditionValues) throws(ModelError) -> NumberValue {
        guard let field = values.fields.first, case .number(let text) = field.json else {
            throw (values.fields.first?.failure ?? values.failure)("must be a number")
        }
        return NumberValue(text: Array(text.utf8), integer: Int64(text))
    }

    private static func instant(_ values: ConditionValues) throws(ModelError) -> Timestamp {
        switch values.fields.first?.json {
        case .string(let text)?:
            if let instant = text.withUTF8Bytes({ InstantText.instant(text: $0) }) { return instant }
        case .number(let text)?:
            if let instant = text.withUTF8Bytes({ InstantText.instant(number: $0) }) { return instant }
        default: break
        }
        throw (values.fields.first?.failure ?? values.failure)("must be an RFC 3339 date or seconds since 1970")
    }

    private static func versions(_ values: ConditionValues) throws(ModelError) -> [[UInt8]] {
        for field in values.fields {
            let text = try field.text(limit: ModelLimits.conditionValueBytes)
            guard text.withUTF8Bytes({ SemanticVersion($0) != nil }) else {
                throw field.failure("must be a version by Semantic Versioning, such as 1.2.3 or 1.2.3-rc.1")
            }
        }
        return values.fields.map { Array(($0.json.stringValue ?? "").utf8) }
    }

    private static func ranges(_ values: ConditionValues) throws(ModelError) -> [AddressRange] {
        var ranges: [AddressRange] = []
        for field in values.fields {
            let text = try field.text(limit: ModelLimits.conditionValueBytes)
            guard let range = text.withUTF8Bytes({ AddressRange($0) }) else {
                throw field.failure("must be an IPv4 or IPv6 range, such as 10.0.0.0/8 or 2001:db8::/32")
            }
            ranges.append(range)
        }
        return ranges
    }

    private static func expressions(_ values: ConditionValues) throws(ModelError) -> [RegularExpression] {
        var expressions: [RegularExpression] = []
        for field in values.fields {
            let text = try field.text(limit: ModelLimits.conditionValueBytes)
            do throws(RegularExpressionError) {
                expressions.append(try RegularExpression(text))
            } catch {
                throw field.failure(error.description)
            }
        }
        return expressions
    }
}
