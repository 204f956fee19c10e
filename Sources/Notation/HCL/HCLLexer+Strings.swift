extension HCLLexer {
    /// Reads a quoted HCL string from its opening quote; escapes follow Go's.
    mutating func scanString() throws(HCLError) -> String {
        offset += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                // Escapes such as \xFF name single bytes, so the result has to be checked again.
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw error("the string's escapes do not make valid UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                offset += 1
                try appendEscape(to: &bytes)
            case 0x00, 0x0A, 0x0D:
                throw error("string not terminated on its line")
            default:
                bytes.append(byte)
                offset += 1
            }
        }
        throw error("string not terminated")
    }

    /// Reads a JSON string from its opening quote (RFC 8259 section 7).
    mutating func scanJSONString() throws(HCLError) -> String {
        offset += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                offset += 1
                try appendJSONEscape(to: &bytes)
            case 0x00..<0x20:
                throw errorHere("control character in a JSON string")
            default:
                bytes.append(byte)
                offset += 1
            }
        }
        throw error("string not terminated")
    }

    private mutating func appendEscape(to bytes: inout [UInt8]) throws(HCLError) {
        guard let byte = peek() else { throw error("string not terminated") }
        offset += 1
        switch byte {
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes.append(byte)
        case UInt8(ascii: "x"): bytes.append(UInt8(truncatingIfNeeded: try takeDigits(2, radix: 16)))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let value = try takeDigits(byte == UInt8(ascii: "u") ? 4 : 8, radix: 16)
            try appendScalar(value, to: &bytes)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            offset -= 1
            guard let single = UInt8(exactly: try takeDigits(3, radix: 8)) else {
                throw errorHere("octal escape out of range")
            }
            bytes.append(single)
        default:
            offset -= 1
            throw errorHere("unknown escape")
        }
    }

    private mutating func appendJSONEscape(to bytes: inout [UInt8]) throws(HCLError) {
        guard let byte = peek() else { throw error("string not terminated") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): try appendJSONScalar(to: &bytes)
        default:
            offset -= 1
            throw errorHere("unknown escape")
        }
    }

    private mutating func appendJSONScalar(to bytes: inout [UInt8]) throws(HCLError) {
        let first = try takeDigits(4, radix: 16)
        guard (0xD800..<0xDC00).contains(first) else { return try appendScalar(first, to: &bytes) }
        guard peek() == UInt8(ascii: "\\"), peek(ahead: 1) == UInt8(ascii: "u") else {
            throw errorHere("unpaired surrogate")
        }
        offset += 2
        let second = try takeDigits(4, radix: 16)
        guard (0xDC00..<0xE000).contains(second) else { throw errorHere("unpaired surrogate") }
        try appendScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), to: &bytes)
    }

    private func appendScalar(_ value: UInt32, to bytes: inout [UInt8]) throws(HCLError) {
        guard let scalar = Unicode.Scalar(value) else { throw errorHere("escape is not a Unicode scalar value") }
        bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }

    /// Reads exactly `count` digits, at most eight, so that the result fits.
    private mutating func takeDigits(_ count: Int, radix: UInt32) throws(HCLError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
                let digit = UInt32(exactly: digit), digit < radix
            else { throw errorHere("malformed escape") }
            value = value &* radix &+ digit
            offset += 1
        }
        return value
    }
}
