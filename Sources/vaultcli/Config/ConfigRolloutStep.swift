internal import Notation

/// A step of a rollout as the command line writes it: a share of the instances, for how long at least, and which share
/// of them must have applied the change.
enum ConfigRolloutStep {
    /// Reads a step.
    ///
    /// - Parameter text: `percent[:hold[:acknowledged]]`, for example `10%:5m` or `10%:5m:90%`.
    /// - Returns: the step as the API takes it.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func parse(_ text: String) throws(Failure) -> JSONObject {
        let parts: [String] = text.bytesSplit(on: UInt8(ascii: ":")).map { $0.trimmingASCIISpace() }
        guard (1...3).contains(parts.count), let share = Percent(parts[0]), share.thousandths > 0 else {
            throw refusal
        }
        var step: JSONObject = ["percent": .number(share.number)]
        if parts.count > 1 {
            // The API counts in seconds; what is less would be lost without a word.
            guard let hold = GoDuration(parts[1]), hold.nanoseconds >= 0, hold.nanoseconds % 1_000_000_000 == 0 else {
                throw refusal
            }
            step["hold"] = .integer(hold.seconds)
        }
        if parts.count > 2 {
            guard let acknowledged = Percent(parts[2]) else { throw refusal }
            step["min_acknowledged"] = .number(acknowledged.number)
        }
        return step
    }

    /// Reads the bound of a metric.
    ///
    /// - Parameter text: `metric<=0.05` or `metric>=0.5`.
    /// - Returns: the guard as the API takes it.
    /// - Throws: ``Failure`` with status 1 for anything else.
    static func bound(_ text: String) throws(Failure) -> JSON {
        let bytes = Array(text.utf8)
        let refusal = Failure.usage("-guard must be a metric and its bound, such as 'errors<=0.01' or 'hits>=100'")
        guard let sign = bytes.firstIndex(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }),
            sign + 1 < bytes.count, bytes[sign + 1] == UInt8(ascii: "=")
        else { throw refusal }
        let metric = VaultPath.withoutSpace(String(decoding: bytes[..<sign], as: UTF8.self))
        let number = VaultPath.withoutSpace(String(decoding: bytes[(sign + 2)...], as: UTF8.self))
        // The number's text is sent as it was typed.
        guard FlagNames.isValid(metric), case .number(let bound)? = try? JSON(parsing: number) else { throw refusal }
        let side = bytes[sign] == UInt8(ascii: "<") ? "max" : "min"
        var result: JSONObject = ["metric": .string(metric)]
        result[side] = .number(bound)
        return .object(result)
    }

    private static var refusal: Failure {
        .usage("-step must be a share, how long it lasts and which share must have applied it, as in 10%:5m:90%")
    }
}
