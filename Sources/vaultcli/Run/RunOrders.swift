internal import Synchronization

/// What a running command is to be told, handed from the tasks that follow its values to the thread that looks after
/// it.
final class RunOrders: Sendable {
    /// One thing to do.
    enum Order: Sendable {
        /// End the program and start it with other variables.
        case restart(environment: [[UInt8]], MaskPatterns)
        /// Send the program a signal.
        case signal(Int32, MaskPatterns)
    }

    /// Has a byte when there are orders.
    let descriptor: Int32
    private let bell: Int32
    private let orders = Mutex<[Order]>([])

    /// Makes an empty list.
    ///
    /// - Throws: ``Failure`` with status 1 when the system gives no pipe.
    init() throws(Failure) {
        (descriptor, bell) = try Pipe.make()
        Pipe.unblock(descriptor)
        Pipe.unblock(bell)
    }

    /// Adds an order and wakes the thread.
    ///
    /// - Parameter order: what to do.
    func give(_ order: Order) {
        orders.withLock { $0.append(order) }
        Pipe.ring(bell)
    }

    /// Takes all orders.
    ///
    /// - Returns: the orders in order.
    func take() -> [Order] {
        _ = Pipe.available(descriptor, upTo: 1024)
        return orders.withLock { orders in
            defer { orders = [] }
            return orders
        }
    }
}
