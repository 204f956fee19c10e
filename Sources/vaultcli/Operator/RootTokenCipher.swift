internal import Notation

/// How a new root token travels: combined with a one-time password by exclusive or, in base64 without padding.
enum RootTokenCipher {
    private static let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Decodes a token.
    ///
    /// - Parameters:
    ///   - encoded: what the server showed, in base64 with or without padding.
    ///   - password: the one-time password.
    /// - Returns: the token, or `nil` when the two do not fit.
    static func decode(_ encoded: String, password: String) -> String? {
        guard let bytes = Base64Text.decode(encoded), bytes.count == password.utf8.count else { return nil }
        return String(validating: zip(bytes, password.utf8).map { $0 ^ $1 }, as: UTF8.self)
    }

    /// Makes a one-time password from the system's random source.
    ///
    /// - Parameter length: how many letters and digits; 0 or less, or beyond 1024, makes 28.
    /// - Returns: the password.
    static func password(length: Int) -> String {
        let length = (1...1024).contains(length) ? length : 28
        return String(decoding: (0..<length).map { _ in letters[Int.random(in: letters.indices)] }, as: UTF8.self)
    }
}

/// Base64 (RFC 4648, section 4), padded or not.
enum Base64Text {
    /// Decodes a text.
    ///
    /// - Parameter text: letters of the standard alphabet.
    /// - Returns: the bytes, or `nil` for any other letter or an impossible length.
    static func decode(_ text: String) -> [UInt8]? {
        var body = Array(text.utf8)
        while body.last == UInt8(ascii: "=") { body.removeLast() }
        guard body.count % 4 != 1 else { return nil }
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for letter in body {
            guard let value = value(of: letter) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }

    private static func value(of letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// A root token generation in words.
enum RootGenerationText {
    /// How far it is.
    ///
    /// - Parameter status: the server's answer.
    /// - Returns: a table without a heading.
    static func status(_ status: JSON) -> String {
        var rows = [
            ["Nonce", CellText.cell(status["nonce"] ?? "")],
            ["Started", CellText.cell(status["started"] ?? false)],
            ["Progress", "\(CellText.cell(status["progress"] ?? 0))/\(CellText.cell(status["required"] ?? 0))"],
            ["Complete", CellText.cell(status["complete"] ?? false)],
        ]
        for (title, name) in [("PGP Fingerprint", "pgp_fingerprint"), ("OTP", "otp")] {
            if let text = status[name]?.stringValue, !text.isEmpty { rows.append([title, text]) }
        }
        if let length = status["otp_length"]?.intValue, length > 0 { rows.append(["OTP Length", String(length)]) }
        let token = [status["encoded_root_token"], status["encoded_token"]].compactMap { $0?.stringValue }
        if let token = token.first(where: { !$0.isEmpty }) { rows.append(["Encoded Token", token]) }
        return Table.plain(rows)
    }
}
