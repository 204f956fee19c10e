/// A regular expression as steps for a machine that follows all ways through it at once (Thompson, 1968).
struct RegularExpressionProgram: Sendable {
    /// One step.
    enum Step: Sendable {
        /// Take this scalar and go on.
        case scalar(UInt32)
        /// Take a scalar of the class at this place of ``classes`` and go on.
        case scalars(Int)
        /// Go on if this holds here.
        case assertion(RegularExpressionTree.Assertion)
        /// Go on at both places.
        case split(Int, Int)
        /// Go on there.
        case jump(Int)
        /// The text matches.
        case match
    }

    private(set) var steps: [Step] = []
    private(set) var classes: [ScalarClass] = []
    // How many parts of trees may still be written: repetitions of nothing write no step, so steps alone bound nothing.
    private var partsLeft = 20_000

    /// Writes the program of a tree.
    ///
    /// - Throws: ``RegularExpressionError/Reason/tooComplex`` when it has too many steps.
    init(_ tree: RegularExpressionTree) throws(RegularExpressionError) {
        try write(tree)
        try append(.match)
    }

    // It calls itself once per level of the tree, which groups and repetitions in the pattern bound.
    private mutating func write(_ tree: RegularExpressionTree) throws(RegularExpressionError) {
        partsLeft -= 1
        guard partsLeft > 0 else { throw RegularExpressionError(reason: .tooComplex, offset: 0) }
        switch tree {
        case .empty: break
        case .scalar(let value): try append(.scalar(value))
        case .scalars(let set):
            classes.append(set)
            try append(.scalars(classes.count - 1))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let parts): for part in parts { try write(part) }
        case .alternatives(let parts): try write(alternatives: parts)
        case .repetition(let part, let least, let most):
            for _ in 0..<least { try write(part) }
            if let most { try write(part, optionally: most - least) } else { try write(repeating: part) }
        }
    }

    // Each alternative but the last: split to it or the next one, and a jump to the end behind it.
    private mutating func write(alternatives parts: [RegularExpressionTree]) throws(RegularExpressionError) {
        var jumps: [Int] = []
        for part in parts.dropLast() {
            let split = try append(.split(0, 0))
            try write(part)
            jumps.append(try append(.jump(0)))
            steps[split] = .split(split + 1, steps.count)
        }
        if let last = parts.last { try write(last) }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    private mutating func write(repeating part: RegularExpressionTree) throws(RegularExpressionError) {
        let split = try append(.split(0, 0))
        try write(part)
        try append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }

    private mutating func write(_ part: RegularExpressionTree, optionally count: Int) throws(RegularExpressionError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(try append(.split(0, 0)))
            try write(part)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
    }

    @discardableResult
    private mutating func append(_ step: Step) throws(RegularExpressionError) -> Int {
        guard steps.count < RegularExpression.greatestProgram else {
            throw RegularExpressionError(reason: .tooComplex, offset: 0)
        }
        steps.append(step)
        return steps.count - 1
    }
}
