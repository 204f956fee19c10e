internal import Notation

/// The shares a new server is asked for, and the answer in words.
struct InitialShares: Sendable {
    /// Whether the seal opens itself, so that the shares are for recovery.
    let isRecovery: Bool
    /// Key shares; `nil` takes the default of the kind of seal.
    let shares: Int?
    /// Key shares needed.
    let threshold: Int?
    /// Recovery shares.
    let recoveryShares: Int?
    /// Recovery shares needed.
    let recoveryThreshold: Int?

    /// The body of the request.
    var body: JSON {
        var body: JSONObject = [
            "secret_shares": .integer(shares ?? (isRecovery ? 1 : 5)),
            "secret_threshold": .integer(threshold ?? (isRecovery ? 1 : 3)),
        ]
        if isRecovery {
            body["recovery_shares"] = .integer(recoveryShares ?? 5)
            body["recovery_threshold"] = .integer(recoveryThreshold ?? 3)
        }
        return .object(body)
    }

    /// The answer for machines, with the names Vault's tool gives it.
    ///
    /// - Parameter answer: the server's answer.
    /// - Returns: the document.
    func document(_ answer: JSON) -> JSON {
        [
            "unseal_keys_b64": answer["keys_base64"] ?? [],
            "unseal_keys_hex": answer["keys"] ?? [],
            "unseal_shares": .integer(shares ?? (isRecovery ? 1 : 5)),
            "unseal_threshold": .integer(threshold ?? (isRecovery ? 1 : 3)),
            "recovery_keys_b64": answer["recovery_keys_base64"] ?? [],
            "recovery_keys_hex": answer["recovery_keys"] ?? [],
            "recovery_keys_shares": .integer(isRecovery ? recoveryShares ?? 5 : 0),
            "recovery_keys_threshold": .integer(isRecovery ? recoveryThreshold ?? 3 : 0),
            "root_token": answer["root_token"] ?? "",
        ]
    }

    /// The answer for people.
    ///
    /// - Parameter answer: the server's answer.
    /// - Returns: lines without a line feed at the end.
    func text(_ answer: JSON) -> String {
        let unseal = KeyShareText.lines(answer["keys_base64"], naming: "Unseal Key")
        let recovery = KeyShareText.lines(answer["recovery_keys_base64"], naming: "Recovery Key")
        let root = "Initial Root Token: " + (answer["root_token"]?.stringValue ?? "")
        let count = (isRecovery ? recoveryShares : shares) ?? 5
        let needed = (isRecovery ? recoveryThreshold : threshold) ?? 3
        let advice =
            isRecovery
            ? """
            The server is initialised with \(count) recovery shares and a threshold of \(needed). Keep the shares
            apart: they authorise rekeying and new root tokens.
            """
            : """
            The server is initialised with \(count) key shares and a key threshold of \(needed). Give the shares to
            different people, and keep them safe: they are shown only now. After every start the server is sealed
            until \(needed) of them are supplied, and without \(needed) of them its data is lost.
            """
        return [unseal, recovery, root, advice].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

/// Key shares as lines.
enum KeyShareText {
    /// One line a share.
    ///
    /// - Parameters:
    ///   - keys: the shares.
    ///   - name: what each is called.
    /// - Returns: for example `Unseal Key 1: …`; empty without shares.
    static func lines(_ keys: JSON?, naming name: String) -> String {
        let texts = keys?.arrayValue?.compactMap(\.stringValue) ?? []
        return texts.enumerated().map { "\(name) \($0.offset + 1): \($0.element)" }.joined(separator: "\n")
    }
}
