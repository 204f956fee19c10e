import Notation
import VaultCrypto

/// A signed statement that the chain had a head at a length.
struct AuditCheckpoint {
    /// How many records the chain had.
    let sequence: UInt64
    /// The hash of the newest of them.
    let head: [UInt8]
    /// The signer's key, 32 bytes; empty before it is signed.
    private(set) var publicKey: [UInt8] = []
    private var signature: [UInt8] = []

    /// States where a chain is.
    init(sequence: UInt64, head: [UInt8]) {
        self.sequence = sequence
        self.head = head
    }

    /// Reads a record; `nil` when it is not a checkpoint.
    init?(reading record: JSON) {
        guard record["type"]?.stringValue == "checkpoint", let checkpoint = record["checkpoint"],
            let sequence = checkpoint["seq"]?.intValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        let bytes = { (name: String) in checkpoint[name]?.stringValue.flatMap { Hexadecimal.decode($0) } }
        guard let head = bytes("hash"), let key = bytes("public_key"), let signature = bytes("signature") else {
            return nil
        }
        self.init(sequence: sequence, head: head)
        publicKey = key
        self.signature = signature
    }

    /// The chain at this point.
    var chain: HashChain? { head.count == 32 ? HashChain(head: head, sequence: sequence) : nil }

    /// Whether the signature is that of the key.
    var isSigned: Bool { SigningKey.isValid(signature.span, for: signedBytes.span, publicKey: publicKey.span) }

    /// What is signed: a label, the length (8 bytes, big-endian) and the head.
    private var signedBytes: [UInt8] {
        Array("pv.audit.checkpoint.v1".utf8) + (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (56 - 8 * $0)) }
            + head
    }

    /// The record, without its closing brace.
    func text(signedBy signer: SigningKey, at time: Timestamp) -> [UInt8] {
        let signature = signer.sign(signedBytes.span)
        let publicKey = (0..<32).map { signer.publicKey[$0] }
        let checkpoint: JSONObject = [
            "seq": .integer(sequence), "hash": .string(Hexadecimal.encode(head)),
            "public_key": .string(Hexadecimal.encode(publicKey)),
            "signature": .string(Hexadecimal.encode((0..<64).map { signature[$0] })),
        ]
        // Readers of Vault's audit files expect a request in each line; they find an empty one.
        let text = JSON.object([
            "time": .string(time.description), "type": "checkpoint", "request": [:], "checkpoint": .object(checkpoint),
        ]).serialized()
        return Array(text.dropLast())
    }
}
