import EngineKit
import HTTPTypes
import HummingbirdCore
import NIOCore
import Notation
import VaultCore

/// Serves HTTP requests from a vault: limits first, then the head, the body, the vault, the answer.
///
/// A task keeps the memory of its deepest calls, and that of a connection may wait for days while its answer goes on.
/// So what leads to an answer stands in functions of its own, which must not become part of the one that waits.
struct VaultResponder: Sendable {
    /// The vault.
    let vault: Vault
    /// The requests of all connections.
    let underWay: RequestsUnderWay

    /// Serves one request.
    func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        if let file = PublishedFile.asked(for: request) { return try await file.answer(request, writer) }
        let reply = try await replyOfATask(to: request, channel)
        if let events = reply.events { return try await send(events, promisedBy: reply, over: writer) }
        try await ResponseEncoding.write(reply, to: writer, for: request)
        reply.turn?.end()
    }

    /// What is answered to a request, found by a task of its own, whose memory goes with it.
    @inline(never)
    private func replyOfATask(to request: Request, _ channel: any Channel) async throws -> Reply {
        async let reply = reply(to: request, channel)
        return try await reply
    }

    /// What is answered to a request.
    private func reply(to request: Request, _ channel: any Channel) async throws -> Reply {
        let crossOrigin = CrossOrigin(request.head, vault.crossOriginRules)
        if let answer = crossOrigin.answer { return Reply(answer, closes: hasBody(request)) }
        let client = channel.remoteAddress
        let decoded = RequestDecoding.decode(
            request.head, remoteAddress: client?.ipAddress ?? "", remotePort: client?.port ?? 0)
        switch decoded {
        case .refused(let response):
            return Reply(crossOrigin.marked(response.inWords(ofTarget: request.head.target)), closes: hasBody(request))
        case .request(let question):
            return try await reply(to: question, request, crossOrigin, channel)
        }
    }

    /// What is answered to a request whose head is read: within the limits what the vault says.
    private func reply(
        to question: VaultRequest, _ request: Request, _ crossOrigin: CrossOrigin, _ channel: any Channel
    ) async throws -> Reply {
        let hasToken = question.token != nil
        func overloaded(closes: Bool) -> Reply {
            let response = question.inItsWords(.errors(503, ["the server is overloaded; try again"]))
            return Reply(crossOrigin.marked(response), closes: closes, retryAfter: 1)
        }
        var turn: RequestsUnderWay.Turn?
        if hasToken || !isShort(request) {
            turn = underWay.begin(hasToken ? .authenticated : .upload)
            guard turn != nil else { return overloaded(closes: hasBody(request)) }
        }
        let limit = hasToken ? HTTPLimits.bodyBytes : HTTPLimits.anonymousBodyBytes
        guard let body = try await collect(request, limit: limit, channel) else {
            let response = question.inItsWords(.errors(413, ["http: request body too large"]))
            return Reply(crossOrigin.marked(response), closes: true, turn: turn)
        }
        if !hasToken {
            turn?.end()
            turn = underWay.begin(.anonymous)
            guard turn != nil || Self.isStatusQuestion(question) else { return overloaded(closes: false) }
        }
        var question = question
        question.body = body
        question.note(vault.auditedHeaderNames, of: request.head)
        // Only streams ask for it, and only this lane answers with streams.
        question.lastEvent = request.head.value(of: .lastEvent)
        var answer = await vault.respond(to: question)
        if let pause = answer.pause {
            // It costs nothing while it waits, and many may.
            turn?.end()
            answer = await waited(pause, for: question)
        }
        let response = crossOrigin.marked(question.inItsWords(answer))
        guard let stream = response.events, request.method != .head else {
            return Reply(response, closes: false, turn: turn)
        }
        // It is answered, and may go on for days.
        turn?.end()
        guard let (missed, next) = await vault.events(of: stream) else { return Reply(.sealed, closes: true) }
        return Reply(response, closes: false, events: ReplyEvents(missed: missed, next: next, question: question))
    }

    /// The answer to a request for which nothing had happened yet: asked again, and admitted anew, until something has.
    private func waited(
        _ pause: (stream: EventStream, until: Timestamp), for request: VaultRequest
    ) async -> VaultResponse {
        var (request, next) = (request, pause)
        request.arrived = .now()
        while true {
            if await !vault.wait(for: next.stream, until: next.until) {
                // The server goes: whoever waits is told what there is, as if the time were over.
                request.arrived = .earliest
            }
            let answer = await vault.respond(to: request)
            guard let pause = answer.pause, !Task.isCancelled else { return answer }
            next = pause
        }
    }

    /// Whether a request is of those by which others find out how the server is.
    private static func isStatusQuestion(_ request: VaultRequest) -> Bool {
        ["sys/health", "sys/seal-status"].contains { request.path.bytes.elementsEqual($0.utf8) }
    }

    /// Whether the body is short enough to be on its way uncounted.
    private func isShort(_ request: Request) -> Bool {
        guard hasBody(request) else { return true }
        return (request.headers[.contentLength].flatMap { Int($0) } ?? .max) <= HTTPLimits.uncountedBodyBytes
    }

    private func hasBody(_ request: Request) -> Bool {
        request.headers[.contentLength].map { $0 != "0" } ?? false || request.headers[.transferEncoding] != nil
    }

    /// The body; `nil` when it is longer than the limit, which is found out before more than that is read.
    @inline(never)
    private func collect(_ request: Request, limit: Int, _ channel: any Channel) async throws -> [UInt8]? {
        if let length = request.headers[.contentLength] {
            guard let count = Int(length), count <= limit else { return nil }
            if count == 0 { return [] }
        }
        if hasBody(request), request.headers[HeaderField.expect.name] != nil {
            channel.triggerUserOutboundEvent(BodyAwaited(), promise: nil)
        }
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard part.readableBytes <= limit - bytes.count else { return nil }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }
}
