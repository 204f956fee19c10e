import EngineKit
import Notation

/// Which versions of a secret reads get that name none: the stable one, and for a share of the instances a candidate.
///
/// So a new credential is tried by a few before all depend on it. Readers that do not say which instance they are, as
/// all clients of Vault, get the stable version.
struct Serving: Hashable, Sendable {
    /// The share of errors that is allowed when nothing is said: one percent, in thousandths of a percent.
    static let usualErrorShare = 1_000

    /// The version for everyone else.
    var stable: Int
    /// The version that is tried; 0 for none.
    var candidate = 0
    /// The share of the instances that get the candidate, in thousandths of a percent.
    var share = 0
    /// The share of the outcomes reported of the candidate that may be errors, in thousandths of a percent.
    var allowedErrorShare = Serving.usualErrorShare
    /// When one of the two was named last: what readers tell is counted since then.
    var since: Timestamp

    /// Whether a version is tried.
    var hasCandidate: Bool { candidate > 0 }

    /// Whether an instance is among those that get the candidate.
    ///
    /// The bucket is that of flags and rollouts, with `<path>:<candidate>` as its salt: an instance stays with what it
    /// got while the share grows, and the next candidate is tried by others.
    ///
    /// - Parameters:
    ///   - instance: what the reader calls itself.
    ///   - path: the secret's path inside of the mount.
    func meansCandidate(_ instance: String, of path: [UInt8]) -> Bool {
        guard hasCandidate, !instance.utf8.isEmpty else { return false }
        let salt = path + Array(":\(candidate)".utf8)
        return BucketHash.blake2b.bucket(salt: salt.span, value: Array(instance.utf8).span) < share
    }

    /// Takes the candidate out: everyone gets the stable version.
    mutating func dropCandidate(at now: Timestamp) {
        candidate = 0
        share = 0
        since = now
    }

    /// What answers tell.
    var json: JSONObject {
        [
            "stable": .integer(stable), "candidate": hasCandidate ? .integer(candidate) : .null,
            "percent": Percentage.json(share), "max_error_percent": Percentage.json(allowedErrorShare),
            "since": .string(since.description),
        ]
    }
}

/// The stored form: `stable 8 | candidate 8 | share 4 | allowed share of errors 4 | since 12`.
extension Serving {
    /// How many bytes it takes.
    static let byteCount = 36

    /// Reads it at an offset; the caller has checked that its bytes are there.
    init(stored bytes: [UInt8], at offset: Int) {
        stable = Int(truncatingIfNeeded: bytes.stored(UInt64.self, at: offset))
        candidate = Int(truncatingIfNeeded: bytes.stored(UInt64.self, at: offset + 8))
        share = Int(bytes.stored(UInt32.self, at: offset + 16))
        allowedErrorShare = Int(bytes.stored(UInt32.self, at: offset + 20))
        since = bytes.storedTime(at: offset + 24)
    }

    /// Appends it.
    func append(to bytes: inout [UInt8]) {
        bytes.append(stored: UInt64(clamping: stable))
        bytes.append(stored: UInt64(clamping: candidate))
        bytes.append(stored: UInt32(clamping: share))
        bytes.append(stored: UInt32(clamping: allowedErrorShare))
        bytes.append(stored: since)
    }
}
