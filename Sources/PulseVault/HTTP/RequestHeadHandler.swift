import NIOCore
import NIOHTTP1

/// Looks at each request right behind the parser, where its version and its repeated headers can still be seen.
///
/// - An HTTP/1.1 request needs exactly one `Host` (RFC 9112, section 3.2); others are refused and the connection ends.
/// - An HTTP/1.0 request ends its connection unless it asks to keep it.
/// - The ends of requests are counted for `ListVerbHandler`.
final class RequestHeadHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let ends: RequestEnds
    private var isRefused = false

    init(ends: RequestEnds) { self.ends = ends }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            if head.version == .http1_1, head.headers["host"].count != 1 { return refuse(context, head.version) }
            if head.version.major == 1, head.version.minor == 0, !head.isKeepAlive {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            context.fireChannelRead(data)
        case .end:
            ends.count &+= 1
            context.fireChannelRead(data)
        }
    }

    private func refuse(_ context: ChannelHandlerContext, _ version: HTTPVersion) {
        isRefused = true
        let headers: HTTPHeaders = ["Connection": "close", "Content-Length": "0", "Cache-Control": "no-store"]
        let head = HTTPResponseHead(version: version, status: .badRequest, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
