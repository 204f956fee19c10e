internal import Notation

/// A rekey in words.
enum RekeyText {
    /// How far it is.
    ///
    /// - Parameter status: the server's answer.
    /// - Returns: a table.
    static func status(_ status: JSON) -> String {
        let hasStarted = status["started"]?.boolValue ?? false
        var rows = [("Nonce", CellText.cell(status["nonce"] ?? "")), ("Started", hasStarted ? "true" : "false")]
        if hasStarted {
            let needed = CellText.cell(status["required"] ?? status["t"] ?? 0)
            rows.append(("Rekey Progress", "\(CellText.cell(status["progress"] ?? 0))/\(needed)"))
            rows.append(("New Shares", CellText.cell(status["n"] ?? 0)))
            rows.append(("New Threshold", CellText.cell(status["t"] ?? 0)))
            if let isRequired = status["verification_required"]?.boolValue {
                rows.append(("Verification Required", isRequired ? "true" : "false"))
            }
            if let nonce = status["verification_nonce"]?.stringValue, !nonce.isEmpty {
                rows.append(("Verification Nonce", nonce))
            }
        }
        return Table.keyed(rows)
    }

    /// The new shares, or the end of their verification.
    ///
    /// - Parameters:
    ///   - answer: the server's answer.
    ///   - before: the status before the last share.
    /// - Returns: lines without a line feed at the end.
    static func completion(_ answer: JSON, _ before: JSON) -> String {
        let keys = KeyShareText.lines(answer["keys_base64"], naming: "Key")
        guard !keys.isEmpty else { return "Success! The new key shares work and have replaced the old ones." }
        let nonce = "Operation nonce: " + CellText.cell(answer["nonce"] ?? "")
        let needed = CellText.cell(before["t"] ?? 0)
        let advice =
            answer["verification_required"]?.boolValue == true
            ? """
            The old key shares still work. Give \(needed) of the new ones with -verify to replace them.
            Verification nonce: \(CellText.cell(answer["verification_nonce"] ?? ""))
            """
            : """
            The old key shares no longer work. Give the new ones to different people: \(needed) of them are needed to
            unseal the server, and they are shown only now.
            """
        return [keys, nonce, advice].joined(separator: "\n\n")
    }
}
