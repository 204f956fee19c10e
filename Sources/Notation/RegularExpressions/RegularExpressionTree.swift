/// A regular expression as it was written, before it becomes a program.
indirect enum RegularExpressionTree {
    case empty
    case scalar(UInt32)
    case scalars(ScalarClass)
    case assertion(Assertion)
    case sequence([RegularExpressionTree])
    case alternatives([RegularExpressionTree])
    /// A repetition; without an upper bound it may go on forever.
    case repetition(RegularExpressionTree, from: Int, to: Int?)

    /// Something that holds between two scalars without taking any.
    enum Assertion: UInt32, Sendable {
        case start, end, wordBoundary, notWordBoundary
    }
}
