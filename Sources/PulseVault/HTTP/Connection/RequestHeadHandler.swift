import NIOCore
import NIOHTTP1
import Notation

/// Looks at each request right behind the parser, where its version and its repeated headers can still be seen.
///
/// - An HTTP/1.1 request needs exactly one `Host` (RFC 9112, section 3.2); others are refused and the connection ends.
/// - `chunked` is the only transfer coding (RFC 9112, section 6.1); others are refused and the connection ends.
/// - `CONNECT` is refused and the connection ends: this is no proxy.
/// - An HTTP/1.0 request ends its connection unless it asks to keep it. So does `TRACE`, a request with `close` among the
///   options of its connection, however written (RFC 9112, section 9.6), and one that asks for an upgrade: none is made,
///   but the parser reads nothing behind it.
/// - What an HTTP/1.0 request expects is ignored (RFC 9110, section 10.1.1); others hear `100 Continue` when their body
///   is awaited.
/// - How far the request is, is noted for the handlers at the bytes.
final class RequestHeadHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let progress: ConnectionProgress
    private var isRefused = false

    init(progress: ConnectionProgress) { self.progress = progress }

    func handlerRemoved(context: ChannelHandlerContext) { progress.forgetWork() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            progress.headEnded()
            if head.version == .http1_1, head.headers["host"].count != 1 {
                return refuse(context, head.version, .badRequest)
            }
            if Self.hasForeignCoding(head) { return refuse(context, head.version, .notImplemented) }
            if head.method == .CONNECT { return refuse(context, head.version, .badRequest) }
            if Self.isLast(head) {
                head.headers.replaceOrAdd(name: "connection", value: "close")
                head.headers.remove(name: "upgrade")
            }
            if head.version.major == 1, head.version.minor == 0 {
                if !head.isKeepAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
                head.headers.remove(name: "expect")
            }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            context.fireChannelRead(data)
        case .end:
            progress.requestEnded()
            context.fireChannelRead(data)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyAwaited else { return context.triggerUserOutboundEvent(event, promise: promise) }
        // A connection that is being ended says nothing more.
        guard !isRefused else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Whether the options of the connection say that nothing comes behind a request, or could not be read.
    private static func isLast(_ head: HTTPRequestHead) -> Bool {
        if head.method == .TRACE { return true }
        return head.headers.contains { name, value in
            guard name.utf8.count == 10, name.lowercased() == "connection" else { return false }
            return value.lowercased().split(separator: ",").contains { option in
                ["close", "upgrade"].contains(String(option).trimmingASCIISpace())
            }
        }
    }

    private static func hasForeignCoding(_ head: HTTPRequestHead) -> Bool {
        let codings = head.headers["transfer-encoding"]
        guard let coding = codings.first else { return false }
        return codings.count > 1 || coding.lowercased() != "chunked"
    }

    private func refuse(_ context: ChannelHandlerContext, _ version: HTTPVersion, _ status: HTTPResponseStatus) {
        isRefused = true
        // Whoever has asked something before takes the first answer for the answer to that.
        progress.afterEarlierAnswers { self.sendRefusal(context, version, status) }
    }

    private func sendRefusal(_ context: ChannelHandlerContext, _ version: HTTPVersion, _ status: HTTPResponseStatus) {
        let headers: HTTPHeaders = ["Connection": "close", "Content-Length": "0", "Cache-Control": "no-store"]
        let head = HTTPResponseHead(version: version, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
