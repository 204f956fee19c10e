import Audit
import Dispatch
import Synchronization

/// A device that does something before it takes one of its records, and counts them.
final class ActingDevice: AuditDevice {
    private let place: Int
    private let act: @Sendable () async -> Void
    private let taken = Mutex(0)

    /// Makes a device.
    ///
    /// - Parameters:
    ///   - place: the number of the record before which it acts, from 1.
    ///   - act: what it does.
    init(before place: Int, act: @escaping @Sendable () async -> Void) {
        self.place = place
        self.act = act
    }

    /// How many records it has taken, apart from checkpoints.
    var count: Int { taken.withLock { $0 } }

    func write(_ lines: [UInt8]) throws(AuditError) {
        for line in lines.split(separator: UInt8(ascii: "\n")) where !Self.isCheckpoint(line) {
            let number = taken.withLock { taken in
                taken += 1
                return taken
            }
            guard number == place else { continue }
            // A device has a thread of its own and may block it.
            let done = DispatchSemaphore(value: 0)
            Task {
                await act()
                done.signal()
            }
            done.wait()
        }
    }

    func reopen() throws(AuditError) {}

    private static func isCheckpoint(_ line: ArraySlice<UInt8>) -> Bool {
        String(decoding: line, as: UTF8.self).contains(#""type":"checkpoint""#)
    }
}
