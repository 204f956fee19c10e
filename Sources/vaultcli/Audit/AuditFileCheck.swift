internal import Audit
internal import Notation

/// A check of audit files, one after another, as one chain.
struct AuditFileCheck {
    /// What was found good in a file.
    struct File {
        /// The file's path, as it was given.
        let path: String
        /// How many records of requests and answers.
        let entries: Int
        /// How many signed checkpoints.
        let checkpoints: Int
    }

    /// The first wrong line.
    struct Fault {
        /// The file's path, as it was given.
        let path: String
        /// The number of the line in its file, from 1.
        let line: Int
        /// What is wrong, for people.
        let reason: String
    }

    /// The files so far; of one with a fault, what is before it.
    private(set) var files: [File] = []
    /// The first wrong line; `nil` when all is good.
    private(set) var fault: Fault?
    private var verification: AuditVerification

    /// Begins a check.
    ///
    /// - Parameter publicKey: the key that must have signed the checkpoints, 32 bytes; `nil` for that of the first one.
    init(publicKey: [UInt8]?) {
        verification = AuditVerification(publicKey: publicKey)
    }

    /// The key of the checkpoints, 32 bytes; `nil` when there was none and none was given.
    var publicKey: [UInt8]? { verification.publicKey }
    /// How many good entries came after the last checkpoint.
    var unsignedEntries: Int { verification.unsignedCount }
    /// The numbers of the first and the last good record; `nil` when there is none.
    var range: ClosedRange<UInt64>? {
        guard verification.lineCount > 0, let last = verification.chain?.sequence,
            let count = UInt64(exactly: verification.lineCount - 1), count <= last
        else { return nil }
        return (last - count)...last
    }

    /// Checks the next file; does nothing after a fault.
    ///
    /// - Parameter path: the file; it goes on where the one before it ends.
    /// - Throws: ``Failure`` with status 1 when it cannot be read. A fault is not thrown but kept.
    mutating func check(_ path: String) throws(Failure) {
        guard fault == nil else { return }
        let lines = verification.lineCount
        let checkpoints = verification.checkpointCount
        var found: AuditVerification.Fault?
        try LocalFile.readParts(of: path) { part in
            do throws(AuditVerification.Fault) {
                try verification.read(part)
                return true
            } catch {
                found = error
                return false
            }
        }
        var isCutShort = false
        if found == nil {
            do throws(AuditVerification.Fault) {
                try verification.finish()
            } catch {
                found = error
                isCutShort = true
            }
        }
        let newCheckpoints = verification.checkpointCount - checkpoints
        files.append(
            File(
                path: path, entries: verification.lineCount - lines - newCheckpoints, checkpoints: newCheckpoints))
        if let found {
            let reason = isCutShort ? "the file ends in the middle of a record" : Self.text(found.reason)
            fault = Fault(path: path, line: found.line - lines, reason: reason)
        }
    }

    private static func text(_ reason: AuditVerification.Reason) -> String {
        switch reason {
        case .notARecord: "not a record of an audit file"
        case .noBeginning: "the file does not begin with a checkpoint"
        case .sequence(let expected, let found):
            "record \(expected) should be here, but this is record \(found): records are missing, added or in "
                + "another order"
        case .hash: "the record is not the one that was written here"
        case .checkpoint: "the checkpoint does not state the chain before it"
        case .publicKey: "the checkpoint is signed by another key"
        case .signature: "the checkpoint's signature is wrong"
        }
    }
}

extension AuditFileCheck {
    /// Everything that was found, for machines.
    ///
    /// - Parameter keyIsGiven: whether the key came from somewhere else than the files.
    /// - Returns: an object.
    func json(keyIsGiven: Bool) -> JSON {
        let list = files.map { file -> JSON in
            [
                "path": .string(file.path), "entries": .integer(file.entries),
                "checkpoints": .integer(file.checkpoints),
            ]
        }
        let fault = fault.map { fault -> JSON in
            ["path": .string(fault.path), "line": .integer(fault.line), "reason": .string(fault.reason)]
        }
        return [
            "whole": .bool(fault == nil), "files": .array(list), "fault": fault ?? .null,
            "first_record": range.map { .integer($0.lowerBound) } ?? .null,
            "last_record": range.map { .integer($0.upperBound) } ?? .null,
            "unsigned_entries": .integer(unsignedEntries),
            "public_key": publicKey.map { .string(Hexadecimal.encode($0)) } ?? .null,
            "public_key_from": keyIsGiven ? "flag" : "files",
        ]
    }
}
