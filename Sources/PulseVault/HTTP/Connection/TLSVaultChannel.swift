import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// The vault's channel inside of TLS: HTTP/2 or HTTP/1.1, as client and server agree during the handshake (ALPN).
struct TLSVaultChannel: ServerChildChannel {
    /// What is spoken on a connection.
    enum Spoken: Sendable {
        case http1(VaultChannel.Value)
        case http2(HTTP2Channel.Value)
    }

    /// A connection whose handshake is under way.
    struct Value: ServerChildChannelValue {
        let spoken: EventLoopFuture<Spoken>
        let channel: any Channel
    }

    private let http1: VaultChannel
    private let http2: HTTP2Channel
    private let credentials: TLSCredentials

    /// Makes the channel.
    ///
    /// - Parameters:
    ///   - http1: serves HTTP/1.1.
    ///   - timeouts: how long clients may take.
    ///   - credentials: what new connections are served with.
    ///   - responder: serves the requests of HTTP/2.
    init(
        http1: VaultChannel, timeouts: HTTPTimeouts, credentials: TLSCredentials,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.http1 = http1
        self.credentials = credentials
        // How many streams, resets and control frames a connection may have is limited by NIO's own settings.
        http2 = HTTP2Channel(
            responder: responder,
            configuration: .init(
                idleTimeout: .nanoseconds(timeouts.idle.nanoseconds), gracefulCloseTimeout: .seconds(10),
                streamConfiguration: .init(additionalChannelHandlers: [HTTP2StreamHandler(timeouts: timeouts)])))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Spoken> { result, channel in
                if case .negotiated("h2") = result {
                    http2.setup(channel: channel, logger: logger).map { .http2($0) }
                } else {
                    http1.setup(channel: channel, logger: logger).map { .http1($0) }
                }
            }
            try channel.pipeline.syncOperations.addHandlers([
                NIOSSLServerHandler(context: credentials.context), TLSHandshakeDeadline(), negotiation,
            ])
            return Value(spoken: negotiation.protocolNegotiationResult, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.spoken.get() {
            case .http1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let connection): await http2.handle(value: connection, logger: logger)
            }
        } catch {
            // The handshake failed; what the client may know of that, TLS has told it.
            value.channel.close(promise: nil)
        }
    }
}
