import AllocationCount
import FlagEngine
import Notation

/// Times the evaluation of boolean feature flags inside a process, and counts what it takes from the heap.
///
/// It prints a line of JSON: for each kind of flag the nanoseconds of one evaluation, the median of the rounds, and the
/// allocations of all evaluations together. Finding the flag by its key is part of an evaluation, making the context is
/// not: a caller makes one for many flags.
@main
struct EvaluationTimes {
    private static let rounds = 21

    static func main() throws {
        guard countsAllocations() else { throw Failure(description: "allocations are not counted") }
        let series = try FlagKind.allCases.map { try FlagSeries($0) }
        var nanoseconds = [[Double]](repeating: [], count: series.count)
        var allocations = [UInt](repeating: 0, count: series.count)
        // The kinds take turns, so that a slower moment of the machine meets them all; the first round warms up.
        for round in 0...rounds {
            for (index, one) in series.enumerated() {
                let spent = try one.run()
                guard round > 0 else { continue }
                nanoseconds[index].append(spent.nanoseconds)
                allocations[index] += spent.allocations
            }
        }
        let members = series.indices.map { index in
            let median = nanoseconds[index].sorted()[rounds / 2].rounded()
            return "\"\(series[index].kind)\": {\"nanoseconds\": \(median), \"allocations\": \(allocations[index])}"
        }
        print("{\(members.joined(separator: ", ")), \"evaluations\": \(rounds * FlagSeries.evaluations)}")
    }

    /// Whether an allocation that is there for certain is counted: without that, none would mean nothing.
    private static func countsAllocations() -> Bool {
        let before = allocation_count()
        let taken = Array(repeating: before, count: 1_000)
        return withExtendedLifetime(taken) { allocation_count() > before }
    }
}

/// Why there is no result.
struct Failure: Error, CustomStringConvertible {
    let description: String
}
