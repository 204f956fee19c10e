import EngineKit
import Notation

/// The owner's notes on a secret: names with texts.
///
/// They are kept as the JSON object that answers show, so that a read copies bytes.
struct CustomMetadata: Sendable {
    /// The largest number of notes.
    static let pairLimit = 64
    /// The longest name in bytes.
    static let nameByteCount = 128
    /// The longest text in bytes.
    static let textByteCount = 512

    /// The notes as a JSON object; empty when there are none.
    private(set) var json: [UInt8] = []

    /// No notes.
    init() {}

    /// The notes of a stored record.
    init(stored json: ArraySlice<UInt8>) { self.json = Array(json) }

    /// Checks notes and takes them.
    ///
    /// - Throws: `EngineError.invalid` with all that is wrong about them.
    init(_ pairs: JSONObject) throws(EngineError) {
        let faults = Self.faults(of: pairs)
        guard faults.isEmpty else { throw Self.error(faults) }
        if !pairs.members.isEmpty { json = pairs.serialized() }
    }

    /// Appends the notes as JSON; `null` when there are none.
    func append(to output: inout [UInt8]) {
        if json.isEmpty { output.append(literal: "null") } else { output += json }
    }

    /// These notes with some of them set, and those removed that are `null` in the change.
    func merging(_ change: JSONObject) throws(EngineError) -> CustomMetadata {
        var pairs = try stored()
        for member in change.members {
            if case .null = member.value { pairs[member.name] = nil } else { pairs[member.name] = member.value }
        }
        return try CustomMetadata(pairs)
    }

    private func stored() throws(EngineError) -> JSONObject {
        if json.isEmpty { return JSONObject() }
        do throws(JSONError) {
            return try JSON(parsing: json, limits: .stored).objectValue ?? JSONObject()
        } catch {
            throw .internalError("the custom metadata of a secret could not be read")
        }
    }
}

extension CustomMetadata {
    /// The notes that a request brings; values are decoded weakly to texts.
    ///
    /// - Parameter keepsNull: whether `null` stays, for a change in which it removes a note; else it is the empty text.
    static func texts(of input: JSONObject, keepsNull: Bool = false) throws(EngineError) -> JSONObject {
        var pairs = JSONObject()
        for member in input.members {
            let value: JSON
            switch member.value {
            case .string(let text), .number(let text): value = .string(text)
            case .bool(let isTrue): value = .string(isTrue ? "1" : "0")
            case .null: value = keepsNull ? .null : .string("")
            case .array, .object: throw error(["values must be strings"])
            }
            pairs.members.append(JSONObject.Member(name: member.name, value: value))
        }
        return pairs
    }

    private static func faults(of pairs: JSONObject) -> [String] {
        let count = pairs.members.count
        guard count <= pairLimit else {
            return ["payload must contain at most \(pairLimit) keys, provided \(count)"]
        }
        var faults: [String] = []
        for (index, member) in pairs.members.enumerated() {
            let text = member.value.stringValue ?? ""
            let (nameLength, textLength) = (member.name.utf8.count, text.utf8.count)
            if nameLength == 0 || nameLength > nameByteCount {
                faults.append(
                    "length of key \(index + 1) is \(nameLength) but must be 0 < len(key) <= \(nameByteCount)")
            }
            if textLength == 0 || textLength > textByteCount {
                faults.append(
                    "length of value for key \(index + 1) is \(textLength) but must be "
                        + "0 < len(value) <= \(textByteCount)")
            }
            if !isPrintable(member.name) { faults.append("key \(index + 1) contains unprintable characters") }
            if !isPrintable(text) { faults.append("value for key \(index + 1) contains unprintable characters") }
        }
        return faults
    }

    private static func error(_ faults: [String]) -> EngineError {
        let count = faults.count == 1 ? "1 error" : "\(faults.count) errors"
        let list = faults.map { "\t* \($0)\n" }.joined()
        return .invalid("custom_metadata validation failed: \(count) occurred:\n\(list)\n")
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            if scalar == " " { return true }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
                .paragraphSeparator:
                return false
            default: return true
            }
        }
    }
}
