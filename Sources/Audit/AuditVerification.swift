import Notation
import VaultCrypto

/// Checks that an audit file is what the server wrote: each line builds on the one before it, and the signatures of
/// the checkpoints are right.
///
/// Lines are given one after another, so a file of any length is checked in little memory. Files that were moved away
/// one after the other are checked as one, oldest first. A file begins with a checkpoint that states where its chain
/// comes from, so each file can also be checked alone. The verification shows what was changed, left out, added or put
/// elsewhere up to the last checkpoint; lines cut off at the end show in the next file, whose checkpoint goes on from
/// them. Without `publicKey` it trusts the first key it meets.
package struct AuditVerification: Sendable {
    /// Why a line is wrong.
    package enum Reason: Error, Sendable, Equatable {
        /// The line is not a record of this server: no JSON object with its place in the chain at the end.
        case notARecord
        /// The first line of the first file is not a checkpoint, and it was not said where the chain begins.
        case noBeginning
        /// The record's number is not the one that follows. Records are missing, added or in another order.
        case sequence(expected: UInt64, found: UInt64)
        /// The record or one before it is not what was written.
        case hash
        /// The checkpoint states another length or head than the chain has.
        case checkpoint
        /// The checkpoint is signed by another key than the ones before it, or than the one that was expected.
        case publicKey
        /// The checkpoint's signature is not that of its key.
        case signature
    }

    /// The first wrong line.
    package struct Fault: Error, Sendable, Equatable {
        /// The number of the line, from 1, counted through all files.
        package let line: Int
        /// Why it is wrong.
        package let reason: Reason

        /// Names a line.
        package init(line: Int, reason: Reason) {
            self.line = line
            self.reason = reason
        }
    }

    /// How many lines were found good.
    package private(set) var lineCount = 0
    /// How many of them were checkpoints.
    package private(set) var checkpointCount = 0
    /// How many good lines came after the last checkpoint: nothing signed vouches for them yet.
    package private(set) var unsignedCount = 0
    /// The key of the checkpoints, 32 bytes; `nil` before the first one when none was given.
    package private(set) var publicKey: [UInt8]?
    /// Where the chain is; `nil` before the first line.
    package private(set) var chain: HashChain?
    /// A length that no record reaches, in bytes: the hashes of as many strings as a stored document may have, and
    /// the largest body with each byte escaped.
    package static let longestLine = 512 << 20

    private let lineLimit: Int
    private var pending: [UInt8] = []
    private var fault: Fault?

    /// Begins a verification.
    ///
    /// - Parameters:
    ///   - start: where the chain begins; `nil` to learn it from the checkpoint in the first line.
    ///   - publicKey: the key that must have signed the checkpoints, 32 bytes; `nil` for the key of the first one.
    ///   - lineLimit: how many bytes of a line are kept; a longer one is no record.
    package init(
        from start: HashChain? = nil, publicKey: [UInt8]? = nil, lineLimit: Int = AuditVerification.longestLine
    ) {
        chain = start
        self.publicKey = publicKey
        self.lineLimit = lineLimit
    }

    /// Takes the next bytes of a file, in pieces of any length.
    ///
    /// - Throws: `Fault` for the first wrong line, and again for everything after it.
    package mutating func read(_ bytes: some Collection<UInt8>) throws(Fault) {
        if let fault { throw fault }
        // What is pending has been searched already; a long line is not searched again for each of its pieces.
        var searched = pending.endIndex
        pending.append(contentsOf: bytes)
        var start = pending.startIndex
        while let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            try check(pending[start..<end])
            start = end + 1
            searched = start
        }
        pending.removeSubrange(..<start)
        guard pending.count <= lineLimit else { throw failed(.notARecord) }
    }

    /// Ends a file.
    ///
    /// - Throws: `Fault` when its last line is not complete.
    package mutating func finish() throws(Fault) {
        if let fault { throw fault }
        if !pending.isEmpty { throw failed(.notARecord) }
    }

    private mutating func failed(_ reason: Reason) -> Fault {
        let fault = Fault(line: lineCount + 1, reason: reason)
        self.fault = fault
        return fault
    }

    private mutating func check(_ bytes: ArraySlice<UInt8>) throws(Fault) {
        guard let line = ChainedLine(bytes) else { throw failed(.notARecord) }
        let stated = AuditCheckpoint(reading: line.json)
        guard let before = chain ?? stated?.chain else { throw failed(.noBeginning) }
        do throws(Reason) {
            var next = before
            next.advance(over: line.open)
            guard line.chain.sequence == next.sequence else {
                throw .sequence(expected: next.sequence, found: line.chain.sequence)
            }
            guard line.chain.head == next.head else { throw .hash }
            if line.json["type"]?.stringValue == "checkpoint" { try check(stated, before) }
            chain = next
        } catch {
            throw failed(error)
        }
        lineCount += 1
        unsignedCount += 1
        if stated != nil {
            checkpointCount += 1
            unsignedCount = 0
        }
    }

    private mutating func check(_ checkpoint: AuditCheckpoint?, _ before: HashChain) throws(Reason) {
        guard let checkpoint, checkpoint.sequence == before.sequence, checkpoint.head == before.head else {
            throw .checkpoint
        }
        guard checkpoint.publicKey == publicKey ?? checkpoint.publicKey else { throw .publicKey }
        guard checkpoint.isSigned else { throw .signature }
        publicKey = checkpoint.publicKey
    }
}
