import NIOCore
import NIOHTTP1
import VaultCore

/// Answers the hot reads and evaluations on the event loop, and lets everything else through to Hummingbird.
///
/// It stands between NIO's parser and Hummingbird's handlers. Answers stay in the order of the requests: while a
/// request that was let through is unanswered, all that follow are let through as well; and while an answer of its own
/// waits for the audit devices, what comes in is held back here, and no more is read from the connection.
final class FastLaneHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What came in while an answer was being recorded.
    private enum Arrival {
        case part(HTTPServerRequestPart)
        case event(Any)
        case failure(any Error)
    }

    private let vault: Vault
    private let progress: ConnectionProgress
    /// The place in front of NIO's encoder, where whole responses are written as bytes.
    private var wire: ChannelHandlerContext?
    private var client: (address: String, port: Int)?
    /// A request that this lane may be able to answer, until its end is here.
    private var candidate: HTTPRequestHead?
    /// The candidate's body so far.
    private var candidateBody: ByteBuffer?
    /// How many requests that were let through are not answered yet.
    private var unanswered = 0
    private var isRecording = false
    private var held: [Arrival] = []
    private var isReadHeld = false
    private var needsFlush = false
    /// Whether something was let through that Hummingbird's handlers have not been told the end of.
    private var isReadUnderWay = false

    init(vault: Vault, progress: ConnectionProgress) {
        self.vault = vault
        self.progress = progress
    }

    func handlerAdded(context: ChannelHandlerContext) {
        wire = try? context.pipeline.syncOperations.context(handlerType: ListVerbHandler.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        wire = nil
        held = []
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if isRecording { held.append(.part(part)) } else { receive(part, context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        completeRead(context)
    }

    func read(context: ChannelHandlerContext) {
        if isRecording { isReadHeld = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The end of the client's requests, or of the server, comes after the answers that are still to be sent.
        if isRecording { return held.append(.event(event)) }
        flush()
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isRecording { return held.append(.failure(error)) }
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
            progress.answerEnded()
        }
        context.write(data, promise: promise)
    }

    private func receive(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head) where unanswered == 0 && Self.mayAnswer(head) && context.channel.isWritable:
            candidate = head
        case .head:
            unanswered += 1
            letThrough(part, context)
        case .body(var bytes):
            // Its length was announced and is small, or it would not be a candidate.
            guard candidate != nil else { return letThrough(part, context) }
            if candidateBody?.writeBuffer(&bytes) == nil { candidateBody = bytes }
        case .end:
            if let head = candidate, answer(head, context) {
                candidate = nil
                candidateBody = nil
            } else {
                letCandidateThrough(context)
                letThrough(part, context)
            }
        }
    }

    private func letCandidateThrough(_ context: ChannelHandlerContext) {
        guard let head = candidate else { return }
        candidate = nil
        unanswered += 1
        letThrough(.head(head), context)
        guard let body = candidateBody else { return }
        candidateBody = nil
        letThrough(.body(body), context)
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

    /// Whether a head is of the plain kind that this lane knows: nothing in it changes how the connection goes on.
    ///
    /// Reads have no body; evaluations have a short one.
    private static func mayAnswer(_ head: HTTPRequestHead) -> Bool {
        guard head.version == .http1_1 else { return false }
        let isEvaluation = head.method == .POST && OFREPDecoding.isTarget(head.uri)
        guard head.method == .GET || isEvaluation else { return false }
        return !head.headers.contains { name, value in
            switch name.utf8.count {
            case 6: ["expect", "origin"].contains(name.lowercased())
            case 7: name.lowercased() == "upgrade"
            case 10: name.lowercased() == "connection" && value.lowercased() != "keep-alive"
            case 14: name.lowercased() == "content-length" && !(isEvaluation && Int(value) ?? .max <= longestBody)
            case 16: name.lowercased() == "content-encoding"
            case 17: ["transfer-encoding", "x-vault-namespace"].contains(name.lowercased())
            default: false
            }
        }
    }

    /// The longest body of a candidate, in bytes.
    private static let longestBody = 16_384

    /// - Returns: whether the request is answered, or will be when its record is written.
    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
        let (address, port) = client(of: context.channel)
        guard case .request(var request) = RequestDecoding.decode(head, remoteAddress: address, remotePort: port) else {
            return false
        }
        request.note(vault.auditedHeaderNames, of: head)
        if let candidateBody { request.body = Array(candidateBody.readableBytesView) }
        guard let found = vault.answerNow(to: request) else { return false }
        if found.needsRecord {
            isRecording = true
            RecordingRound.of(context.eventLoop).add(found) { self.finishRecording($0, context) }
        } else {
            send(found.response, context)
        }
        return true
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

    private func finishRecording(_ response: VaultResponse, _ context: ChannelHandlerContext) {
        isRecording = false
        guard wire != nil, context.channel.isActive else { return }
        send(response, context)
        var arrivals = held[...]
        held = []
        while !isRecording, let arrival = arrivals.popFirst() {
            switch arrival {
            case .part(let part): receive(part, context)
            case .event(let event): userInboundEventTriggered(context: context, event: event)
            case .failure(let error): errorCaught(context: context, error: error)
            }
        }
        held = Array(arrivals) + held
        flush()
        guard !isRecording else { return }
        completeRead(context)
        if isReadHeld {
            isReadHeld = false
            context.read()
        }
    }
}
