import Glibc
import Logging
import Notation
import Synchronization

/// Writes log lines to standard error, and lets the level be changed while the server runs.
struct LogOutput: LogHandler {
    /// How lines are written.
    enum Format: String, Sendable {
        /// Text for people: time, level, origin, message, facts.
        case standard
        /// One JSON object, with the names that Vault's logs have.
        case json
    }

    private static let threshold = Mutex(Logger.Level.info)
    private static let format = Mutex(Format.standard)

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
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let format = Self.format.withLock { $0 }
        let line = (format == .json ? json(event, facts) : standard(event, facts)) + "\n"
        // One write for each line, so that lines do not mix; a log that cannot be written does not stop the server.
        unsafe line.utf8.withContiguousStorageIfAvailable { bytes in
            _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }

    private func standard(_ event: LogEvent, _ facts: [(key: String, value: Logger.MetadataValue)]) -> String {
        var line = "\(Timestamp.now()) [\(event.level.rawValue.uppercased())] \(label): \(event.message)"
        for (key, value) in facts { line += " \(key)=\(value)" }
        return line
    }

    private func json(_ event: LogEvent, _ facts: [(key: String, value: Logger.MetadataValue)]) -> String {
        var object: JSONObject = [
            "@level": .string(Self.word(for: event.level)), "@message": .string("\(event.message)"),
            "@module": .string(label), "@timestamp": .string(Timestamp.now().description),
        ]
        for (key, value) in facts { object[key] = .string("\(value)") }
        return String(decoding: JSON.object(object).serialized(), as: UTF8.self)
    }

    /// Sets how lines are written from now on.
    static func setFormat(_ format: Format) { Self.format.withLock { $0 = format } }

    private static func word(for level: Logger.Level) -> String { level == .warning ? "warn" : level.rawValue }

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
        return Self.word(for: threshold.withLock { $0 })
    }
}
