import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Counts open connections, of all listeners together and of each client address.
final class ConnectionLimit: Sendable {
    /// The most connections that are served at a time, whatever the system allows.
    static let ceiling = 12_000
    /// How many connections one address may have, unless the listener says otherwise.
    static let perAddress = 1_000

    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let limit: Int
    private let counts = Mutex(Counts())

    /// Starts to count.
    ///
    /// - Parameter limit: how many connections there may be.
    init(limit: Int) { self.limit = limit }

    /// Counts a connection in, if there is room for it.
    ///
    /// - Parameter most: how many the address may have; `nil` for any number.
    func admit(_ address: String, most: Int?) -> Bool {
        counts.withLock { counts in
            let own = counts.byAddress[address, default: 0]
            guard counts.all < limit, own < most ?? .max else { return false }
            counts.all += 1
            counts.byAddress[address] = own + 1
            return true
        }
    }

    /// Counts a connection out.
    func release(_ address: String) {
        counts.withLock { counts in
            counts.all -= 1
            let own = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = own > 0 ? own : nil
        }
    }
}

/// A channel that is set up only while there is room for another connection; others are closed at once.
struct LimitedChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    let base: Base
    let limit: ConnectionLimit
    let mostPerAddress: Int?

    private struct TooManyConnections: Error {}

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let address = channel.remoteAddress?.ipAddress ?? ""
        guard limit.admit(address, most: mostPerAddress) else {
            return channel.close().flatMapThrowing { throw TooManyConnections() }
        }
        channel.closeFuture.whenComplete { _ in limit.release(address) }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
