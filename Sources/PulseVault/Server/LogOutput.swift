import Glibc
import Logging
import Notation
import Synchronization

/// Writes log lines to standard error, and lets the level be changed while the server runs.
struct LogOutput: LogHandler {
    private static let threshold = Mutex(Logger.Level.info)

    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level {
        get { Self.threshold.withLock { $0 } }
        set { Self.threshold.withLock { $0 = newValue } }
    }
    private let label: String

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(Timestamp.now()) [\(event.level.rawValue.uppercased())] \(label): \(event.message)"
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            line += " \(key)=\(value)"
        }
        line += "\n"
        // One write for each line, so that lines do not mix; a log that cannot be written does not stop the server.
        unsafe line.utf8.withContiguousStorageIfAvailable { bytes in
            _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }

    /// Reads the level, or sets it: Vault's words; an empty word sets the usual one.
    ///
    /// - Returns: the level in force; `nil` when the word is not a level.
    static func level(_ word: String?) -> String? {
        switch word {
        case nil: break
        case "": threshold.withLock { $0 = .info }
        case "trace": threshold.withLock { $0 = .trace }
        case "debug": threshold.withLock { $0 = .debug }
        case "info", "notice": threshold.withLock { $0 = .info }
        case "warn", "warning": threshold.withLock { $0 = .warning }
        case "err", "error": threshold.withLock { $0 = .error }
        default: return nil
        }
        let level = threshold.withLock { $0 }
        return level == .warning ? "warn" : level.rawValue
    }
}
