import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import VaultCore

/// Hummingbird's HTTP/1 channel with the handlers that let `LIST` and `SCAN` through and answer the hot reads.
struct VaultChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let vault: Vault
    private let underWay: RequestsUnderWay
    private let timeouts: HTTPTimeouts
    private let http1: HTTP1Channel

    init(
        vault: Vault, underWay: RequestsUnderWay, timeouts: HTTPTimeouts,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.vault = vault
        self.underWay = underWay
        self.timeouts = timeouts
        http1 = HTTP1Channel(
            responder: responder,
            configuration: .init(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: HTTPLimits.headerFieldBytes, maxHeaderListSize: HTTPLimits.headerListBytes,
                    maxHeaderFieldCount: HTTPLimits.headerFieldCount)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        // One for each connection; all handlers run on the connection's event loop.
        let progress = NIOLoopBound(ConnectionProgress(), eventLoop: channel.eventLoop)
        return channel.eventLoop.makeCompletedFuture {
            // A connection keeps its last buffer, and most heads fit in this one; it grows where more comes in.
            try channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536))
            try channel.pipeline.syncOperations.addHandlers([
                ConnectionDeadlines(progress: progress.value, timeouts: timeouts),
                ListVerbHandler(progress: progress.value),
            ])
        }.flatMap {
            http1.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            let operations = channel.pipeline.syncOperations
            let parser = try operations.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let heads = RequestHeadHandler(progress: progress.value)
            try operations.addHandler(heads, position: .after(parser))
            try operations.addHandler(
                FastLaneHandler(vault: vault, underWay: underWay, progress: progress.value), position: .after(heads))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await http1.handle(value: value, logger: logger)
    }
}
