extension Span<UInt8> {
    /// Whether every byte is a printable ASCII character: a blank to `~`.
    package var isPrintableASCII: Bool {
        for index in indices where !(0x20...0x7E).contains(self[index]) { return false }
        return true
    }

    /// Whether the bytes are UTF-8 whose characters are all letters, marks, numbers, punctuation, symbols or the ASCII
    /// blank. Controls, format characters such as U+200D, line separators, other blanks and unassigned ones are not.
    package var isPrintable: Bool {
        var index = 0
        while index < count {
            let byte = self[index]
            if (0x20...0x7E).contains(byte) {
                index &+= 1
                continue
            }
            guard byte >= 0x80, let length = UTF8Validation.sequenceLength(in: self, at: index) else { return false }
            guard scalar(at: index, length: length)?.isPrintable == true else { return false }
            index &+= length
        }
        return true
    }

    // The sequence is known to be well-formed.
    private func scalar(at index: Int, length: Int) -> Unicode.Scalar? {
        var value = UInt32(self[index]) & (0x7F >> UInt32(length))
        for position in (index &+ 1)..<(index &+ length) { value = value << 6 | UInt32(self[position] & 0x3F) }
        return Unicode.Scalar(value)
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}

extension [UInt8] {
    /// Whether every byte is a printable ASCII character: a blank to `~`.
    package var isPrintableASCII: Bool { span.isPrintableASCII }

    /// Whether the bytes are printable UTF-8; see the same property of a span.
    package var isPrintable: Bool { span.isPrintable }
}

extension String {
    /// Whether every byte is a printable ASCII character: a blank to `~`.
    package var isPrintableASCII: Bool { withUTF8Bytes { $0.isPrintableASCII } }

    /// Whether all characters are printable; see the same property of a span.
    package var isPrintable: Bool { withUTF8Bytes { $0.isPrintable } }
}
