/// One event of a stream of the server (`text/event-stream` of the WHATWG HTML standard).
struct ServerEvent: Sendable, Equatable {
    /// The name; `message` without one.
    let name: String
    /// The identifier; empty without one.
    let id: String
    /// The data, lines joined by line feeds.
    let data: String
}

/// Takes events from the bytes of a stream, however they are cut.
struct ServerEventParser: Sendable {
    /// Lines and data beyond this many bytes are no events of this API.
    private static let greatestSize = 1024 * 1024

    private var line: [UInt8] = []
    private var endedByCarriageReturn = false
    private var name = ""
    private var id = ""
    private var data: [UInt8]?

    /// Whether the stream is larger than any of this API, and should be given up.
    private(set) var isOversized = false

    /// Takes bytes.
    ///
    /// - Parameter bytes: the next bytes of the stream.
    /// - Returns: the events that are complete with them.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            switch byte {
            case 0x0A where endedByCarriageReturn: endedByCarriageReturn = false
            case 0x0A, 0x0D:
                endedByCarriageReturn = byte == 0x0D
                if let event = endLine() { events.append(event) }
                line.removeAll(keepingCapacity: true)
            default:
                endedByCarriageReturn = false
                guard line.count + (data?.count ?? 0) < Self.greatestSize else {
                    isOversized = true
                    return events
                }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerEvent? {
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "id": id = String(decoding: value, as: UTF8.self)
        case "data": data = data.map { $0 + [0x0A] + value } ?? Array(value)
        // Comments, which keep the connection alive, and fields of other versions.
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerEvent? {
        defer { (name, data) = ("", nil) }
        guard let data else { return nil }
        return ServerEvent(
            name: name.isEmpty ? "message" : name, id: id, data: String(decoding: data, as: UTF8.self))
    }
}
