import NIOCore
import NIOHTTP1
import VaultCore

/// Answers the hot reads and evaluations on the event loop, has short writes served by tasks of their own, and lets
/// everything else through to Hummingbird.
///
/// It stands between NIO's parser and Hummingbird's handlers. Answers stay in the order of the requests: while a
/// request that was let through is unanswered, all that follow are let through as well; and while an answer of its own
/// is waited for, what comes in is held back here, and no more is read from the connection.
final class FastLaneHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What came in while an answer was waited for.
    private enum Arrival {
        case part(HTTPServerRequestPart)
        case event(Any)
        case failure(any Error)
    }

    private let vault: Vault
    private let underWay: RequestsUnderWay
    private let progress: ConnectionProgress
    /// The place in front of NIO's encoder, where whole responses are written as bytes.
    private var wire: ChannelHandlerContext?
    private var client: (address: String, port: Int)?
    private var candidate: FastLaneCandidate?
    /// How many requests that were let through are not answered yet.
    private var unanswered = 0
    /// Whether a write is being served, or an answer that was found is being recorded.
    private var isWaiting = false {
        didSet { if isWaiting { progress.hold() } else { progress.release() } }
    }
    /// Whether what was held back is being taken in, which comes before whatever comes in meanwhile.
    private var isDraining = false
    private var held = CircularBuffer<Arrival>()
    private var isReadHeld = false
    private var needsFlush = false
    /// Whether something was let through that Hummingbird's handlers have not been told the end of.
    private var isReadUnderWay = false

    init(vault: Vault, underWay: RequestsUnderWay, progress: ConnectionProgress) {
        self.vault = vault
        self.underWay = underWay
        self.progress = progress
    }

    func handlerAdded(context: ChannelHandlerContext) {
        wire = try? context.pipeline.syncOperations.context(handlerType: ListVerbHandler.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        wire = nil
        candidate = nil
        held = []
    }

    private var holdsBack: Bool { isWaiting || isDraining }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if holdsBack { held.append(.part(part)) } else { receive(part, context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        completeRead(context)
    }

    func read(context: ChannelHandlerContext) {
        if holdsBack { isReadHeld = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if holdsBack { held.append(.event(event)) } else { pass(event, context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if holdsBack { held.append(.failure(error)) } else { pass(error, context) }
    }

    /// The end of the client's requests, or of the server, comes after the answers that are still to be sent, and after
    /// what is here of the next request: Hummingbird waits for the rest of one that it knows of.
    private func pass(_ event: Any, _ context: ChannelHandlerContext) {
        letCandidateThrough(context)
        flush()
        context.fireUserInboundEventTriggered(event)
    }

    private func pass(_ error: any Error, _ context: ChannelHandlerContext) {
        letCandidateThrough(context)
        flush()
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200: break
        case .head(var head):
            progress.answerBegan()
            // What Hummingbird refuses by itself, such as a head that cannot be parsed, comes without it.
            guard head.headers["cache-control"].isEmpty else { break }
            head.headers.add(name: "Cache-Control", value: "no-store")
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: break
        case .end:
            unanswered -= 1
            context.write(data, promise: promise)
            return progress.answerEnded()
        }
        context.write(data, promise: promise)
    }

    private func receive(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            if unanswered == 0, context.channel.isWritable {
                candidate = FastLaneCandidate(head, underWay) { decode($0, context) }
            }
            guard candidate == nil else { return }
            unanswered += 1
            letThrough(part, context)
        case .body(var bytes):
            guard candidate != nil else { return letThrough(part, context) }
            candidate?.take(&bytes)
        case .end:
            if let candidate, serve(candidate, context) {
                self.candidate = nil
            } else {
                letCandidateThrough(context)
                letThrough(part, context)
            }
        }
    }

    /// Leaves the candidate to Hummingbird, with as much of it as is here.
    private func letCandidateThrough(_ context: ChannelHandlerContext) {
        guard let candidate = candidate.take() else { return }
        unanswered += 1
        letThrough(.head(candidate.head), context)
        if let body = candidate.body { letThrough(.body(body), context) }
    }

    private func letThrough(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        isReadUnderWay = true
        context.fireChannelRead(wrapInboundOut(part))
    }

    private func completeRead(_ context: ChannelHandlerContext) {
        guard isReadUnderWay else { return }
        isReadUnderWay = false
        context.fireChannelReadComplete()
    }

    /// - Returns: `nil` when something in the head is wrong.
    private func decode(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> VaultRequest? {
        let (address, port) = client(of: context.channel)
        guard case .request(var request) = RequestDecoding.decode(head, remoteAddress: address, remotePort: port) else {
            return nil
        }
        request.note(vault.auditedHeaderNames, of: head)
        return request
    }

    /// - Returns: whether the request is answered, or will be.
    private func serve(_ candidate: FastLaneCandidate, _ context: ChannelHandlerContext) -> Bool {
        guard let write = candidate.write else { return answer(candidate, context) }
        guard let turn = write.turn ?? underWay.begin(.anonymous) else { return false }
        serve(write, turn, candidate.body, context)
        return true
    }

    /// - Returns: whether the request is answered, or will be when its record is written.
    private func answer(_ candidate: FastLaneCandidate, _ context: ChannelHandlerContext) -> Bool {
        guard var request = decode(candidate.head, context) else { return false }
        if let body = candidate.body { request.body = Array(body.readableBytesView) }
        guard let found = vault.answerNow(to: request) else { return false }
        if found.needsRecord {
            isWaiting = true
            RecordingRound.of(context.eventLoop).add(found) { self.finishWaiting($0, context) }
        } else {
            send(found.response, context)
        }
        return true
    }

    /// Has a write served by a task of its own. Writes are answered whole: none is answered with a stream.
    private func serve(
        _ write: FastLaneCandidate.Write, _ turn: RequestsUnderWay.Turn, _ body: ByteBuffer?,
        _ context: ChannelHandlerContext
    ) {
        isWaiting = true
        var request = write.request
        if let body { request.body = Array(body.readableBytesView) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        Task { [vault, request, loop = context.eventLoop] in
            let response = request.inItsWords(await vault.respond(to: request))
            turn.end()
            loop.execute {
                let (handler, context) = bound.value
                handler.finishWaiting(response, context)
            }
        }
    }

    private func client(of channel: any Channel) -> (address: String, port: Int) {
        if let client { return client }
        let found = (channel.remoteAddress?.ipAddress ?? "", channel.remoteAddress?.port ?? 0)
        client = found
        return found
    }

    private func send(_ response: VaultResponse, _ context: ChannelHandlerContext) {
        let bytes = ResponseEncoding.bytes(of: response, allocator: context.channel.allocator)
        wire?.write(NIOAny(bytes), promise: nil)
        progress.answerEnded()
        needsFlush = true
    }

    private func flush() {
        guard needsFlush else { return }
        needsFlush = false
        wire?.flush()
    }

    private func finishWaiting(_ response: VaultResponse, _ context: ChannelHandlerContext) {
        isWaiting = false
        guard wire != nil, context.channel.isActive else { return }
        send(response, context)
        isDraining = true
        while !isWaiting, let arrival = held.popFirst() {
            switch arrival {
            case .part(let part): receive(part, context)
            case .event(let event): pass(event, context)
            case .failure(let error): pass(error, context)
            }
        }
        isDraining = false
        flush()
        guard !isWaiting else { return }
        completeRead(context)
        if isReadHeld {
            isReadHeld = false
            context.read()
        }
    }
}
