import HummingbirdCore
import Logging
import NIOCore

/// Hummingbird's HTTP/1 channel with the handlers that let `LIST` and `SCAN` through.
struct VaultChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let responder: HTTPChannelHandler.Responder

    init(responder: @escaping HTTPChannelHandler.Responder) { self.responder = responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // One boundary for each connection; both handlers run on the connection's event loop.
            let boundary = NIOLoopBound(MessageBoundary(), eventLoop: channel.eventLoop)
            try channel.pipeline.syncOperations.addHandler(ListVerbHandler(boundary: boundary.value))
            return HTTP1Channel(
                responder: responder,
                configuration: .init(
                    additionalChannelHandlers: [MessageBoundaryHandler(boundary: boundary.value)],
                    idleTimeout: HTTPLimits.idleTimeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: HTTPLimits.headerFieldBytes,
                        maxHeaderListSize: HTTPLimits.headerListBytes,
                        maxHeaderFieldCount: HTTPLimits.headerFieldCount)))
        }.flatMap { (http1: HTTP1Channel) in
            http1.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await HTTP1Channel(responder: responder).handle(value: value, logger: logger)
    }
}
