import Testing

@testable import Notation

@Suite struct JSONFuzzTests {
    /// A small generator with a seed, so that a failure can be repeated (xorshift64, G. Marsaglia 2003).
    private struct Xorshift: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let fragments: [[UInt8]] =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\uD83D", "0", "-", "1e", ".", "true", "nul", " ", "\"a\":"]
        .map { Array($0.utf8) } + JSONCases.malformedText

    private func mutate(_ document: [UInt8], using generator: inout Xorshift) -> [UInt8] {
        var bytes = document
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let position = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, position + Int.random(in: 0...3, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.removeSubrange(position..<end)
            case 1: bytes.insert(contentsOf: Self.fragments.randomElement(using: &generator) ?? [], at: position)
            case 2: bytes.insert(contentsOf: bytes[position..<end], at: 0)
            default: bytes.replaceSubrange(position..<end, with: [UInt8.random(in: .min ... .max, using: &generator)])
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func readersAgreeOnFiveThousandMutations(_ seed: UInt64) {
        var generator = Xorshift(state: seed &* 0x9E37_79B9_7F4A_7C15)
        var accepted = 0
        for round in 0..<5_000 {
            let document = mutate(Array(JSONCases.accepted[round % JSONCases.accepted.count].utf8), using: &generator)
            let verdicts = JSONVerdicts(document)
            #expect(verdicts.agree, "the readers disagree about \(document)")
            guard verdicts.parser == nil, let value = try? JSON(parsing: document) else { continue }
            accepted += 1
            let copy = value.serialized()
            #expect((try? JSON(parsing: copy))?.isIdentical(to: value) == true, "\(document) does not survive")
        }
        // Mutations that all break the grammar, or none, would test nothing.
        #expect((250..<4_750).contains(accepted))
    }
}
