import EngineKit
import HTTPTypes
import HummingbirdCore
import NIOCore
import Notation
import VaultCore

/// Serves HTTP requests from a vault: limits first, then the head, the body, the vault, the answer.
struct VaultResponder: Sendable {
    /// The vault.
    let vault: Vault
    /// The requests of all connections.
    let underWay: RequestsUnderWay

    /// Serves one request.
    func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        if let file = PublishedFile.asked(for: request) { return try await file.answer(request, writer) }
        let isHead = request.method == .head
        let crossOrigin = CrossOrigin(request.head, vault.crossOriginRules)
        if let answer = crossOrigin.answer {
            return try await ResponseEncoding.write(answer, to: writer, omitsBody: isHead, closes: hasBody(request))
        }
        let client = channel.remoteAddress
        let decoded = RequestDecoding.decode(
            request.head, remoteAddress: client?.ipAddress ?? "", remotePort: client?.port ?? 0)
        switch decoded {
        case .refused(let response):
            let told = crossOrigin.marked(response.inWords(ofTarget: request.head.target))
            try await ResponseEncoding.write(
                told, to: writer, omitsBody: isHead, closes: hasBody(request))
        case .request(var vaultRequest):
            let hasToken = vaultRequest.token != nil
            let isCounted = underWay.begin(hasToken: hasToken)
            guard isCounted || Self.isStatusQuestion(vaultRequest) else {
                let response = vaultRequest.inItsWords(.errors(503, ["the server is overloaded; try again"]))
                return try await ResponseEncoding.write(
                    crossOrigin.marked(response), to: writer, omitsBody: isHead, closes: hasBody(request),
                    retryAfter: 1)
            }
            var isUnderWay = isCounted
            defer { if isUnderWay { underWay.end(hasToken: hasToken) } }
            let limit = hasToken ? HTTPLimits.bodyBytes : HTTPLimits.anonymousBodyBytes
            guard let body = try await collect(request, limit: limit) else {
                let response = vaultRequest.inItsWords(.errors(413, ["http: request body too large"]))
                return try await ResponseEncoding.write(
                    crossOrigin.marked(response), to: writer, omitsBody: isHead, closes: true)
            }
            vaultRequest.body = body
            vaultRequest.note(vault.auditedHeaderNames, of: request.head)
            // Only streams ask for it, and only this lane answers with streams.
            vaultRequest.lastEvent = request.head.value(of: .lastEvent)
            var answer = await vault.respond(to: vaultRequest)
            if let pause = answer.pause {
                // It costs nothing while it waits, and many may.
                if isUnderWay { underWay.end(hasToken: hasToken) }
                isUnderWay = false
                answer = await waited(pause, for: vaultRequest)
            }
            let response = crossOrigin.marked(vaultRequest.inItsWords(answer))
            guard let stream = response.events, !isHead else {
                return try await ResponseEncoding.write(response, to: writer, omitsBody: isHead, closes: false)
            }
            // It is answered, and may go on for days.
            if isUnderWay { underWay.end(hasToken: hasToken) }
            isUnderWay = false
            try await send(stream, promisedBy: response, to: vaultRequest, over: writer)
        }
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

    private func hasBody(_ request: Request) -> Bool {
        request.headers[.contentLength].map { $0 != "0" } ?? false || request.headers[.transferEncoding] != nil
    }

    /// The body; `nil` when it is longer than the limit, which is found out before more than that is read.
    private func collect(_ request: Request, limit: Int) async throws -> [UInt8]? {
        if let length = request.headers[.contentLength] {
            guard let count = Int(length), count <= limit else { return nil }
            if count == 0 { return [] }
        }
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard part.readableBytes <= limit - bytes.count else { return nil }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }
}
