import Notation
import VaultCrypto

/// A signed statement that the chain had a head at a length.
struct AuditCheckpoint {
    /// How many records the chain had.
    let sequence: UInt64
    /// The hash of the newest of them.
    let head: [UInt8]

    /// What is signed: a label, the length (8 bytes, big-endian) and the head.
    var signedBytes: [UInt8] {
        Array("pv.audit.checkpoint.v1".utf8) + (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (56 - 8 * $0)) } + head
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
        let text = JSON.object([
            "time": .string(time.description), "type": "checkpoint", "checkpoint": .object(checkpoint),
        ]).serialized()
        return Array(text.dropLast())
    }
}
