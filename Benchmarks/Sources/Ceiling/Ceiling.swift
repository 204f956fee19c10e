import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers every request with the same body, of the size of a KV answer, on as many event loops as the server has.
@main
struct Ceiling {
    static func main() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FixedAnswer())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        // Past the library's buffer: whoever started this waits for the line.
        let line = Array("http://127.0.0.1:\(server.localAddress?.port ?? 0)\n".utf8)
        _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
        try await server.closeFuture.get()
    }
}

/// The answer: the headers and as many bytes as a KV version 2 read of the benchmark's secrets has.
final class FixedAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: 383)
    private static let head = HTTPResponseHead(
        version: .http1_1, status: .ok,
        headers: [
            "Cache-Control": "no-store", "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
            "Content-Type": "application/json", "Content-Length": "\(body.readableBytes)",
        ])

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        context.write(wrapOutboundOut(.head(Self.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(Self.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
