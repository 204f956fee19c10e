internal import ArgumentParser
internal import Notation

/// What must be so before a ramp goes on to its next step.
struct FlagRampGates: ParsableArguments {
    @Option(name: .flag("approvals"), help: "So many different people must approve before each next step.")
    private var approvals: Int?
    @Option(name: .flag("sample"), help: "So many people must have been given a variation during the step.")
    private var sample: Int?
    @Option(
        name: .flag("guard"),
        help: "Bound of a tracked metric's mean: 'METRIC<=N' or 'METRIC>=N', with :pause or :abort; may be repeated.")
    private var guards: [String] = []

    /// The gates as the API takes them.
    ///
    /// - Returns: a list of objects; empty when there are none.
    /// - Throws: ``Failure`` with status 1 for a number that is not positive or a guard that is none.
    func json() throws(Failure) -> [JSON] {
        var gates: [JSON] = []
        for (flag, kind, member, count) in [
            ("approvals", "approval", "approvals", approvals), ("sample", "sample", "minimum", sample),
        ] {
            guard let count else { continue }
            guard count > 0 else { throw .usage("-\(flag) must be a number above 0") }
            var gate: JSONObject = ["kind": .string(kind)]
            gate[member] = .integer(count)
            gates.append(.object(gate))
        }
        for text in guards { gates.append(try FlagRampGuard.parse(text)) }
        return gates
    }
}

/// A bound of a metric as the command line writes it.
enum FlagRampGuard {
    /// Reads a guard.
    ///
    /// - Parameter text: `metric<=0.05` or `metric>=0.5`, and `:pause` or `:abort` behind it; without a word the ramp
    ///   pauses.
    /// - Returns: the gate as the API takes it.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func parse(_ text: String) throws(Failure) -> JSON {
        let bytes = Array(text.utf8)
        let signs = [UInt8(ascii: "<"), UInt8(ascii: ">")]
        guard let sign = bytes.firstIndex(where: { signs.contains($0) }), sign + 1 < bytes.count,
            bytes[sign + 1] == UInt8(ascii: "=")
        else { throw refusal }
        let metric: String = String(decoding: bytes[..<sign], as: UTF8.self).trimmingASCIISpace()
        let parts: [String] = String(decoding: bytes[(sign + 2)...], as: UTF8.self).bytesSplit(on: UInt8(ascii: ":"))
        // The number's text is sent as it was typed.
        guard FlagNames.isValid(metric), let first = parts.first, parts.count <= 2,
            case .number(let bound)? = try? JSON(parsing: first.trimmingASCIISpace())
        else { throw refusal }
        var breach = "pause"
        if parts.count == 2 {
            let word: String = parts[1].trimmingASCIISpace()
            guard ["pause", "abort"].contains(where: { $0.bytesEqual(to: word) }) else { throw refusal }
            breach = word
        }
        let side = bytes[sign] == UInt8(ascii: "<") ? "max" : "min"
        var gate: JSONObject = ["kind": "guard", "metric": .string(metric)]
        gate[side] = .number(bound)
        gate["on_breach"] = .string(breach)
        return .object(gate)
    }

    private static var refusal: Failure {
        .usage("-guard must be a metric and its bound, such as 'errors<=0.05' or 'errors<=0.05:abort'")
    }
}
