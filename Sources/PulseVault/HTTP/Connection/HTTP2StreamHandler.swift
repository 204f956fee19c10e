import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// What one request over HTTP/2 needs besides Hummingbird: its verbs as HTTP/1.1 hands them on, and deadlines.
///
/// - HTTP/2 knows every verb, so `LIST` and `SCAN` become the stand-ins that decoding maps back; a stand-in that a
///   client sends itself is refused there, as over HTTP/1.1.
/// - `Connection` has no place in an answer (RFC 9113, section 8.2.2).
/// - Who expects `100-continue` hears it when its body is awaited (RFC 9113, section 8.8.4).
/// - A request that does not end, and an answer that is not taken, end their stream.
final class HTTP2StreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let timeouts: HTTPTimeouts
    private var requestTimer: Scheduled<Void>?
    private var answerTimer: Scheduled<Void>?
    private var bodyStart = NIODeadline.now()
    private var bodyBytes = 0
    private var answerBytes = 0

    init(timeouts: HTTPTimeouts) { self.timeouts = timeouts }

    func handlerRemoved(context: ChannelHandlerContext) { cancelTimers() }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            head.method = Self.handedOn(head.method)
            bodyStart = .now()
            watchRequest(context)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            context.fireChannelRead(data)
        case .end:
            requestTimer?.cancel()
            requestTimer = nil
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            head.headerFields[.connection] = nil
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let bytes):
            answerBytes += bytes.readableBytes
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyAwaited else { return context.triggerUserOutboundEvent(event, promise: promise) }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        answerTimer?.cancel()
        answerTimer = nil
        if !context.channel.isWritable {
            // What is written at once may be long; a client that takes it as slowly as a body may come is served.
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            answerTimer = context.eventLoop.scheduleTask(in: timeouts.writeProgress + HTTPTimeouts.slowest(answerBytes))
            {
                bound.value.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    /// When the client's time to send the request is over.
    private var deadline: NIODeadline {
        timeouts.bodyDeadline(requestStart: bodyStart, bodyStart: bodyStart, bytes: bodyBytes)
    }

    private func watchRequest(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        requestTimer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            if handler.deadline > .now() { handler.watchRequest(context) } else { context.close(promise: nil) }
        }
    }

    private func cancelTimers() {
        requestTimer?.cancel()
        answerTimer?.cancel()
    }

    private static func handedOn(_ method: HTTPRequest.Method) -> HTTPRequest.Method {
        let name: String
        switch method.rawValue {
        case "LIST": name = ListVerb.listStandIn
        case "SCAN": name = ListVerb.scanStandIn
        case ListVerb.listStandIn, ListVerb.scanStandIn: name = ListVerb.refused
        default: return method
        }
        return HTTPRequest.Method(rawValue: name) ?? method
    }
}
