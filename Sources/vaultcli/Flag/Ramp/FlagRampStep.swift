internal import Notation

/// A step of a ramp as the command line writes it: a share, and how long it lasts at least.
struct FlagRampStep: Sendable {
    /// Who gets the variation.
    let share: Percent
    /// How long the step lasts at least, in seconds.
    let hold: Int64

    /// Reads the steps of a ramp.
    ///
    /// - Parameter text: `share[:time]` each with commas between, for example `1%:10m,10%:1h,100%`.
    /// - Returns: the steps, at least one.
    /// - Throws: ``Failure`` with status 1 naming the step that is none.
    static func list(_ text: String) throws(Failure) -> [FlagRampStep] {
        var steps: [FlagRampStep] = []
        for part: String in text.bytesSplit(on: UInt8(ascii: ",")) {
            guard let step = FlagRampStep(part.trimmingASCIISpace()) else {
                throw .usage(
                    "-steps: step \(steps.count + 1) must be a share and how long it lasts at least, such as 10%:1h")
            }
            steps.append(step)
        }
        return steps
    }

    private init?(_ text: String) {
        let parts: [String] = text.bytesSplit(on: UInt8(ascii: ":"))
        guard let first = parts.first, parts.count <= 2, let share = Percent(first.trimmingASCIISpace()) else {
            return nil
        }
        self.share = share
        guard parts.count == 2 else {
            hold = 0
            return
        }
        // The API counts in seconds; what is less would be lost without a word.
        guard let span = GoDuration(parts[1].trimmingASCIISpace()), span.nanoseconds >= 0,
            span.nanoseconds % 1_000_000_000 == 0
        else { return nil }
        hold = span.seconds
    }

    /// Steps as the API takes them.
    ///
    /// - Parameters:
    ///   - steps: the steps.
    ///   - gates: what must be so before the ramp goes on; behind the last step nothing comes, so it gets none.
    /// - Returns: a list of objects.
    static func json(_ steps: [FlagRampStep], gates: [JSON]) -> JSON {
        let last = steps.count - 1
        return .array(
            steps.enumerated().map { index, step in
                var object: JSONObject = ["percent": .number(step.share.number), "hold": .integer(step.hold)]
                if index < last, !gates.isEmpty { object["gates"] = .array(gates) }
                return .object(object)
            })
    }
}
