import Notation
import VaultCrypto

/// The chain of hashes through the records of one device.
///
/// Each record's hash covers the hash before it, so a record cannot be changed, taken out or moved without breaking
/// the chain from there on. At intervals a checkpoint signs the head (Ed25519), so that nobody who can write the file
/// can make a chain of their own.
///
///     h(0) = BLAKE2b-256("pv.audit.v1" | device id)
///     h(i) = BLAKE2b-256(h(i-1) | record i without its `chain` member)
package struct HashChain: Sendable {
    /// The hash of the newest record, 32 bytes.
    package private(set) var head: [UInt8]
    /// How many records the chain has.
    package private(set) var sequence: UInt64

    /// Begins a chain, or goes on with one.
    package init(deviceID: String) {
        head = Self.hash(Array("pv.audit.v1".utf8), Array(deviceID.utf8))
        sequence = 0
    }

    /// Goes on with a chain whose newest record is known.
    package init(head: [UInt8], sequence: UInt64) {
        self.head = head
        self.sequence = sequence
    }

    /// Adds a record: takes the JSON object's text without its closing brace, and returns the members to put there.
    package mutating func append(_ open: [UInt8]) -> [UInt8] {
        advance(over: open)
        return member + [UInt8(ascii: "\n")]
    }

    /// The `chain` member for the newest record, with the brace that closes the record.
    var member: [UInt8] {
        Array(",\"chain\":{\"seq\":\(sequence),\"hash\":\"\(Hexadecimal.encode(head))\"}}".utf8)
    }

    /// Takes in a record, given as for `append`.
    mutating func advance(over open: some Collection<UInt8>) {
        head = Self.hash(head, Array(open))
        sequence &+= 1
    }

    private static func hash(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        var state = BLAKE2b256()
        state.update(first.span)
        state.update(second.span)
        let digest = state.finalize()
        return (0..<32).map { digest[$0] }
    }
}
