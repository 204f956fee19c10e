import NIOCore

/// How long clients may take. The defaults are Vault's where Vault has one.
struct HTTPTimeouts: Sendable, Equatable {
    /// From the first byte of a request to the end of its head; for the first request, from the connection on.
    var head = TimeAmount.seconds(10)
    /// From the first byte of a request to its last.
    var request = TimeAmount.seconds(30)
    /// Between requests.
    var idle = TimeAmount.minutes(5)
    /// How long an answer may wait without the client taking anything of it.
    var writeProgress = TimeAmount.seconds(60)

    /// From the connection to the end of the TLS handshake.
    static let handshake = TimeAmount.seconds(5)
    /// How slow a body may come, in bytes a second.
    static let slowestBody = 1024
    /// How long a body may take however slow it comes.
    static let slowestBodyGrace = TimeAmount.seconds(5)

    /// How long so many bytes may take at the slowest.
    static func slowest(_ bytes: Int) -> TimeAmount { .milliseconds(Int64(bytes) * 1000 / Int64(slowestBody)) }

    /// When a client's time to send a body is over, if nothing more arrives.
    ///
    /// - Parameters:
    ///   - requestStart: when the first byte of the request arrived.
    ///   - bodyStart: when its head was complete.
    ///   - bytes: how many bytes of the body have arrived.
    func bodyDeadline(requestStart: NIODeadline, bodyStart: NIODeadline, bytes: Int) -> NIODeadline {
        min(requestStart + request, bodyStart + max(Self.slowestBodyGrace, Self.slowest(bytes)))
    }
}
