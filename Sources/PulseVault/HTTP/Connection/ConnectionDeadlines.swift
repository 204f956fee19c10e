import NIOCore

/// Ends connections whose client takes too long: to send a head, to send a body, to read an answer, to ask again.
///
/// It stands at the bytes, in front of everything that waits for whole heads. There is at most one timer for requests
/// and one for answers; a request that arrives in one piece starts none.
final class ConnectionDeadlines: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let timeoutAnswer = ByteBuffer(
        string:
            "HTTP/1.1 408 Request Timeout\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    private let progress: ConnectionProgress
    private let timeouts: HTTPTimeouts
    private var due: NIODeadline?
    private var timer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?
    /// How many bytes answers had.
    private var written = 0
    /// How many of them had left when the connection was last found silent.
    private var sentBefore = 0
    private var isOver = false

    init(progress: ConnectionProgress, timeouts: HTTPTimeouts) {
        self.progress = progress
        self.timeouts = timeouts
    }

    func handlerAdded(context: ChannelHandlerContext) { watchRequest(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        writeTimer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        timer?.cancel()
        writeTimer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        let now = NIODeadline.now()
        progress.bytesArrived(unwrapInboundIn(data).readableBytes, at: now)
        context.fireChannelRead(data)
        progress.bytesTaken(at: now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        watchRequest(context)
    }

    // -- requests

    private func watchRequest(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        let next = progress.deadline(timeouts)
        // A timer that is early looks again; only one that is late would be of no use.
        if let due, due <= next { return }
        timer?.cancel()
        due = next
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: next) {
            let (handler, context) = bound.value
            handler.requestIsDue(context)
        }
    }

    private func requestIsDue(_ context: ChannelHandlerContext) {
        due = nil
        let now = NIODeadline.now()
        if now >= progress.deadline(timeouts) {
            switch progress.phase {
            case .quiet where progress.isHeld, .head where progress.isHeld, .body where progress.isHeld:
                progress.startAgain(at: now)
            case .quiet where progress.unanswered > 0, .head where progress.unanswered > 0:
                progress.startAgain(at: now)
            case .quiet where isBeingRead(context):
                progress.startAgain(at: now)
            case .head where progress.hasBytes, .body where progress.unanswered == 1 && !progress.isAnswering:
                return refuse(context)
            case .quiet, .head, .body:
                return end(context)
            }
        }
        watchRequest(context)
    }

    /// Whether the client has taken something of the answers since this was asked last, or is being watched for that.
    private func isBeingRead(_ context: ChannelHandlerContext) -> Bool {
        let sent = sent(context)
        defer { sentBefore = sent }
        return writeTimer != nil || sent > sentBefore && sent < written
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isOver = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(Self.timeoutAnswer)).whenComplete { _ in
            bound.value.close(promise: nil)
        }
        // The client may not read either.
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(promise: nil)
    }

    // -- answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written &+= unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            writeTimer?.cancel()
            writeTimer = nil
        } else if writeTimer == nil {
            watchAnswer(context, sent: sent(context))
        }
        context.fireChannelWritabilityChanged()
    }

    /// Looks after a while whether the client has taken anything of what waits for it.
    private func watchAnswer(_ context: ChannelHandlerContext, sent: Int) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        writeTimer = context.eventLoop.scheduleTask(in: timeouts.writeProgress) {
            let (handler, context) = bound.value
            let now = handler.sent(context)
            if now > sent { handler.watchAnswer(context, sent: now) } else { handler.end(context) }
        }
    }

    /// How many bytes of answers have left, by what waits in the channel.
    private func sent(_ context: ChannelHandlerContext) -> Int {
        written - ((try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0)
    }
}
