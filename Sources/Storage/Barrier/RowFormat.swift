/// What a sealed row is: its first byte, which is also part of what the row's seal is bound to.
enum RowFormat: UInt8 {
    /// An unknown or empty row.
    case none = 0
    /// A record: `1 | body envelope`.
    case record = 1
    /// A record that carries a data key: `2 | length of the key envelope, 2 bytes | key envelope | body envelope`.
    /// The body is sealed with the realm's key and bound to the key envelope.
    case carrier = 2
    /// A name in a folder: `3 | name envelope`.
    case directoryEntry = 3
    /// A realm and its key, laid out as a carrier whose body is the realm's identifier.
    case realmKey = 4

    /// Reads the format of a sealed value.
    init(of value: SealedValue) {
        self = value.bytes.first.flatMap(RowFormat.init(rawValue:)) ?? .none
    }

    /// Whether the row is a record of an engine.
    var isRecord: Bool { self == .record || self == .carrier }

    /// Whether the row begins with a key wrapped by a term.
    var carriesKey: Bool { self == .carrier || self == .realmKey }
}
