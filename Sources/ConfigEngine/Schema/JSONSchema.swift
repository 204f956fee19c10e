package import Notation

/// A JSON Schema (draft 2020-12, https://json-schema.org/draft/2020-12), compiled so that values can be checked.
///
/// References reach places within the same schema only. `$dynamicRef`, `unevaluatedItems` and `unevaluatedProperties`
/// are refused, and so are patterns that no linear machine can match; everything else of the drafts' vocabularies for
/// applying and validating is checked, `format` included.
package struct JSONSchema: Sendable {
    /// How many subschemas a schema may have.
    static let greatestSize = 2_000
    /// How many steps checking one value may take.
    static let greatestEffort = 200_000
    /// How deep references and values may nest.
    static let greatestDepth = 128

    /// The subschemas; the whole schema is the first.
    let nodes: [SchemaNode]

    /// Reads a schema.
    ///
    /// - Throws: ``SchemaError`` with the keyword that is wrong and the rule.
    package init(_ json: JSON) throws(SchemaError) {
        var compiler = SchemaCompiler()
        try compiler.compile(json)
        nodes = compiler.nodes
    }

    /// What is wrong with a value; nothing when it is as the schema says.
    ///
    /// - Parameter limit: how many violations are told at most.
    package func violations(of value: JSON, limit: Int = 10) -> [SchemaViolation] {
        var evaluation = SchemaEvaluation(nodes)
        let found = evaluation.violations(of: value, node: 0, path: "", depth: 0)
        // What could not be looked at to its end is not taken for right.
        if evaluation.isExhausted { return [SchemaViolation(path: "", rule: "is too complex to check")] }
        return Array(found.prefix(limit))
    }
}

/// Why a JSON document is no schema that can be checked.
package struct SchemaError: Error, Sendable, CustomStringConvertible {
    /// The place of the keyword, as a JSON pointer.
    package let path: String
    /// What it should be.
    package let problem: String

    /// The place and the problem.
    package var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

/// A rule of a schema that a value breaks; it never repeats the value.
package struct SchemaViolation: Sendable, CustomStringConvertible {
    /// The place in the value, for example `pool.sizes[2]`; empty for the value itself.
    package let path: String
    /// What it should be.
    package let rule: String

    /// The place and the rule.
    package var description: String { path.isEmpty ? rule : "\(path) \(rule)" }
}

/// A subschema.
struct SchemaNode: Sendable {
    /// What it asks for; nothing of the schema `true`.
    var rules: [SchemaRule] = []
    /// Whether it is the schema `false`, which no value fits.
    var isImpossible = false
}

/// One thing that a schema asks for. Numbers stand for other subschemas.
enum SchemaRule: Sendable {
    /// The value is of one of these types.
    case types([String])
    /// The value is one of these.
    case among([JSON])
    /// The value is this one.
    case equal(JSON)
    /// A number is a multiple of this one.
    case multiple(String)
    /// A number compares so with this one.
    case bound(String, Bound)
    /// Strings have so many characters, arrays so many elements, objects so many members.
    case count(Counted, ClosedRange<Int>)
    /// A string has a part that matches.
    case pattern(RegularExpression)
    /// A string is written in this form.
    case format(SchemaFormat)
    /// The elements of an array, the first ones by their places.
    case items(first: [Int], rest: Int?)
    /// So many elements of an array fit.
    case contains(Int, ClosedRange<Int>)
    /// No element is there twice.
    case unique
    /// The members of an object: by name, by pattern, and all others.
    case members(named: [(String, Int)], matching: [(RegularExpression, Int)], rest: Int?)
    /// The names of members.
    case names(Int)
    /// Members that must be there.
    case required([String])
    /// Members that must be there when another is.
    case requiredWith(String, [String])
    /// What the object must fit when a member is there.
    case fitsWith(String, Int)
    /// All of these fit.
    case all([Int])
    /// At least one of these fits.
    case any([Int])
    /// Exactly one of these fits.
    case one([Int])
    /// This does not fit.
    case not(Int)
    /// When the first fits, the second does too, otherwise the third.
    case when(Int, then: Int?, otherwise: Int?)

    /// How a number compares with a bound.
    enum Bound: String, Sendable {
        case maximum = "must be at most", minimum = "must be at least"
        case below = "must be below", above = "must be above"
    }

    /// What is counted.
    enum Counted: String, Sendable {
        case characters, elements, members
    }
}
