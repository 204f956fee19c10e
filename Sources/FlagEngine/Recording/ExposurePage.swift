import EngineKit
import Notation

/// A page of a series of exposures, in the forms in which it is handed out.
struct ExposurePage {
    /// The exposures with their numbers, the oldest first.
    let exposures: [(number: UInt64, exposure: Exposure)]
    /// The number after which the next page begins; `nil` when this is the last one.
    let next: UInt64?

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - log: the series; `nil` for an empty page.
    ///   - input: tells `after` and `limit`.
    ///   - limit: the most exposures of a page.
    init(_ log: ExposureLog?, _ input: Input, limit most: Int) throws(EngineError) {
        let (after, limit) = try input.page(limit: most)
        guard let log else {
            exposures = []
            next = nil
            return
        }
        exposures = try log.page(after: after, limit: limit)
        let newest = try log.head().newest
        next = exposures.last.flatMap { $0.number < newest ? $0.number : nil }
    }

    /// The answer's `data`.
    var data: JSONObject {
        [
            "exposures": .array(exposures.map { .object($0.exposure.data(number: $0.number)) }),
            "next": next.map { .integer($0) } ?? .null,
        ]
    }

    /// One JSON object a line (NDJSON).
    var lines: [UInt8] {
        exposures.flatMap { JSON.object($0.exposure.data(number: $0.number)).serialized() + [0x0a] }
    }

    /// Comma-separated values with a line of names (RFC 4180).
    var table: [UInt8] {
        var text = Array("number,targeting_key,variation,time,version,dark\r\n".utf8)
        for (number, exposure) in exposures {
            let fields = [
                String(number), exposure.targetingKey, exposure.variation, exposure.time.description,
                String(exposure.version), exposure.isDark ? "true" : "false",
            ]
            for (index, field) in fields.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                Self.append(field, to: &text)
            }
            text += [0x0d, 0x0a]
        }
        return text
    }

    /// A whole body; a header tells where the next page begins.
    func raw(_ contentType: String, _ body: [UInt8]) -> EngineResponse {
        var response = EngineResponse(.raw(contentType: contentType, body))
        response.nextPage = next
        return response
    }

    private static func append(_ field: String, to text: inout [UInt8]) {
        let bytes = Array(field.utf8)
        let special = bytes.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") || $0 < 0x20 }
        // Spreadsheets take what begins so for a formula.
        let isFormula = bytes.first.map { Array("=+-@".utf8).contains($0) } ?? false
        guard special || isFormula else { return text.append(contentsOf: bytes) }
        text.append(UInt8(ascii: "\""))
        if isFormula { text.append(UInt8(ascii: "'")) }
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { text.append(byte) }
            text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
    }
}
