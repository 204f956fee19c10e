import NIOCore
import NIOHTTP1

/// The answers: headers and as many bytes as those of the server that is measured.
final class FixedAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A KV version 2 read of the benchmark's secrets.
    private static let secret = Answer(length: 383)
    /// The evaluation of one flag.
    private static let evaluation = Answer(length: 118)
    /// The evaluation of all flags, or the configuration of an instance, for someone who knows it already.
    private static let unchanged = Answer(tag: "\"8b96507d0fd05200b26b6668f91e475c\"")

    private var answer = FixedAnswer.secret

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if head.headers.contains(name: "If-None-Match") {
                answer = Self.unchanged
            } else {
                answer = head.method == .POST ? Self.evaluation : Self.secret
            }
        case .body: break
        case .end:
            context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
            if let body = answer.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

/// One answer, made beforehand.
private struct Answer: Sendable {
    let head: HTTPResponseHead
    let body: ByteBuffer?

    private static let headers: HTTPHeaders = [
        "Cache-Control": "no-store", "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    ]

    /// 200 with a body of a length in bytes.
    init(length: Int) {
        var headers = Self.headers
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "Content-Length", value: "\(length)")
        head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        body = ByteBuffer(repeating: UInt8(ascii: "x"), count: length)
    }

    /// 304 with a tag.
    init(tag: String) {
        var headers = Self.headers
        headers.add(name: "ETag", value: tag)
        head = HTTPResponseHead(version: .http1_1, status: .notModified, headers: headers)
        body = nil
    }
}
