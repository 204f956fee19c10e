import Testing

@testable import Notation

@Suite struct UTF8ValidationTests {
    private func isValid(_ bytes: [UInt8]) -> Bool { UTF8Validation.isValid(bytes.span) }

    private func sequenceLength(in bytes: [UInt8], at offset: Int) -> Int? {
        UTF8Validation.sequenceLength(in: bytes.span, at: offset)
    }

    @Test(arguments: JSONCases.malformedText)
    func malformedTextIsFound(_ text: [UInt8]) {
        #expect(!isValid(text))
        #expect(!isValid(Array("ab".utf8) + text))
        #expect(String(utf8: text) == nil)
    }

    @Test func everyScalarIsWellFormed() {
        let edges: [UInt32] = [0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF]
        for scalar in edges.compactMap(Unicode.Scalar.init) {
            let bytes = Array(String(scalar).utf8)
            #expect(sequenceLength(in: bytes, at: 0) == bytes.count)
            #expect(isValid(bytes))
        }
    }

    @Test func everyPairAndTripleAgreesWithTheStandardLibrary() {
        for first in UInt8(0x7E)...UInt8.max {
            for second in UInt8.min...UInt8.max {
                for tail in [[], [0x7F], [0x80], [0xBF, 0x80], [0xC0]] as [[UInt8]] {
                    let bytes = [first, second] + tail
                    let reference = String(validating: bytes, as: UTF8.self) != nil
                    if isValid(bytes) != reference { Issue.record("\(bytes)") }
                }
            }
        }
    }

    @Test(arguments: [-1, 3, .max, .min])
    func offsetsOutsideTheTextHaveNoSequence(_ offset: Int) {
        #expect(sequenceLength(in: Array("abc".utf8), at: offset) == nil)
    }
}
