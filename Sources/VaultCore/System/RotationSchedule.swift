import EngineKit
import Notation
import Storage

/// When the keyring is to be rotated by itself (Vault API, `sys/rotate/config`).
struct RotationSchedule: Sendable {
    /// Vault's limits for the number of encryptions with one key.
    static let operations = 1_000_000...3_865_470_566
    /// The shortest interval there is, in seconds.
    static let shortestInterval = 86_400

    /// Whether anything happens by itself.
    var isEnabled = true
    /// The age in seconds at which a term is followed by the next; 0 for any age.
    var interval = 0
    /// The count of encryptions at which a term is followed by the next.
    var maxOperations = operations.upperBound

    private static let key = SystemRecords.setting("rotation")

    /// Reads what is stored; the defaults when nothing is.
    init(_ transaction: Transaction) throws(EngineError) {
        guard let stored = try transaction.get(Self.key).flatMap({ try? JSON(parsing: $0) }) else { return }
        isEnabled = stored["enabled"]?.boolValue ?? isEnabled
        interval = stored["interval"]?.intValue ?? interval
        maxOperations = stored["max_operations"]?.intValue ?? maxOperations
    }

    /// The schedule as it is stored and shown.
    var json: JSON {
        [
            "enabled": .bool(isEnabled), "interval": .integer(interval), "max_operations": .integer(maxOperations),
        ]
    }

    /// Stores the schedule.
    func store(_ transaction: Transaction) { transaction.put(Self.key, json.serialized()) }

    /// Whether a term's time has come.
    func isDue(_ term: KeyStatus, at now: Timestamp) -> Bool {
        guard isEnabled else { return false }
        if term.encryptions >= UInt64(clamping: maxOperations) { return true }
        guard interval > 0 else { return false }
        let (age, overflow) = (now.nanosecondsSinceEpoch / 1_000_000).subtractingReportingOverflow(term.installed)
        return !overflow && age / 1_000 >= Int64(interval)
    }
}
