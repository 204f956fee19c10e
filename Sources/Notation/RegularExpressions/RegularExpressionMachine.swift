/// Follows all ways through a program at once, one scalar of the text at a time, without allocating.
///
/// Each step of the program is looked at no more than once per scalar, so the work is at most the product of the
/// lengths of both.
struct RegularExpressionMachine {
    private let program: RegularExpressionProgram
    private let isAnchored: Bool

    init(_ program: RegularExpressionProgram) {
        self.program = program
        isAnchored = if case .assertion(.start)? = program.steps.first { true } else { false }
    }

    /// Whether the program matches somewhere in a text.
    func matches(_ text: Span<UInt8>) -> Bool {
        // Steps to be looked at for this scalar and for the next one take turns; they are too large to be swapped.
        var (even, odd) = (StepSet(), StepSet())
        var isOdd = false
        var position = 0
        var previous = UTF8Scalar.none
        even.insert(0)
        while true {
            let scalar = UTF8Scalar(in: text, at: position)
            let isMatched =
                isOdd
                ? follow(&odd, previous: previous, scalar: scalar.value, next: &even)
                : follow(&even, previous: previous, scalar: scalar.value, next: &odd)
            if isMatched { return true }
            if scalar.length == 0 || isAnchored && (isOdd ? even.isEmpty : odd.isEmpty) { return false }
            isOdd.toggle()
            previous = scalar.value
            position &+= scalar.length
        }
    }

    // Looks at every step reached; the list grows while it is read. Returns whether the text matches; if not, the
    // steps for the next scalar are in `next`, where a new attempt starts too, and this list is empty.
    private func follow(
        _ current: inout StepSet, previous: UInt32, scalar: UInt32, next: inout StepSet
    ) -> Bool {
        if !isAnchored { next.insert(0) }
        var index = 0
        while index < current.count {
            let place = current[index]
            index &+= 1
            switch program.steps[place] {
            case .match: return true
            case .jump(let target): current.insert(target)
            case .split(let first, let second):
                current.insert(first)
                current.insert(second)
            case .assertion(let assertion):
                if Self.holds(assertion, previous: previous, next: scalar) { current.insert(place &+ 1) }
            case .scalar(let value):
                if value == scalar { next.insert(place &+ 1) }
            case .scalars(let set):
                if scalar != UTF8Scalar.none, program.classes[set].contains(scalar) { next.insert(place &+ 1) }
            }
        }
        current.removeAll()
        return false
    }

    private static func holds(
        _ assertion: RegularExpressionTree.Assertion, previous: UInt32, next: UInt32
    ) -> Bool {
        switch assertion {
        case .start: previous == UTF8Scalar.none
        case .end: next == UTF8Scalar.none
        case .wordBoundary: isWord(previous) != isWord(next)
        case .notWordBoundary: isWord(previous) == isWord(next)
        }
    }

    private static func isWord(_ scalar: UInt32) -> Bool { scalar < 128 && ScalarClass.word.contains(scalar) }
}

/// Places in a program in the order they were put in, each once.
private struct StepSet {
    private var places = InlineArray<512, UInt16>(repeating: 0)
    private var isMember = InlineArray<8, UInt64>(repeating: 0)
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    subscript(_ index: Int) -> Int { Int(places[index]) }

    @inline(__always)
    mutating func insert(_ place: Int) {
        let bit: UInt64 = 1 << UInt64(place & 63)
        guard isMember[place >> 6] & bit == 0 else { return }
        isMember[place >> 6] |= bit
        places[count] = UInt16(truncatingIfNeeded: place)
        count &+= 1
    }

    mutating func removeAll() {
        count = 0
        for word in 0..<8 { isMember[word] = 0 }
    }
}
