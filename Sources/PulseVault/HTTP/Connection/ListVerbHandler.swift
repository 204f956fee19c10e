import NIOCore

/// Lets `LIST` and `SCAN` through NIO's HTTP/1 parser, which knows neither.
///
/// The handler stands before the decoder. At the start of each request it replaces the four bytes of the verb by the
/// four bytes of one that the parser knows and that this server does not serve; decoding maps it back. A client that
/// sends a stand-in itself gets a third verb instead, which nobody serves.
final class ListVerbHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let lastChunk = Array("0\r\n\r\n".utf8)
    private let progress: ConnectionProgress
    private var framing = RequestFraming()
    private var held: ByteBuffer?

    init(progress: ConnectionProgress) { self.progress = progress }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if var held {
            held.writeBuffer(&buffer)
            buffer = held
            self.held = nil
        }
        while buffer.readableBytes > 0 {
            let (starts, end) = framing.advance(over: buffer)
            for index in starts { ListVerb.replace(at: index, in: &buffer) }
            guard end > buffer.readerIndex, let whole = buffer.readSlice(length: end - buffer.readerIndex) else {
                break
            }
            pass(whole, context)
        }
        held = buffer.readableBytes > 0 ? buffer : nil
        progress.holdsPartialHead = held != nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let held { context.fireChannelRead(wrapInboundOut(held)) }
        held = nil
        context.fireChannelInactive()
    }

    /// Passes bytes on; the parser works on them before this returns, so the end of a chunked body shows at once.
    private func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let wasChunked = framing.isChunked
        let before = progress.ends
        context.fireChannelRead(wrapInboundOut(bytes))
        guard wasChunked, progress.ends > before else { return }
        framing.requestEnded(
            wasLast: bytes.readableBytesView.suffix(Self.lastChunk.count).elementsEqual(Self.lastChunk))
    }
}

/// The verbs that the parser does not know, with their stand-ins.
enum ListVerb {
    /// All verbs concerned have four bytes.
    static let byteCount = 4
    /// Stands for `LIST` behind the parser.
    static let listStandIn = "LINK"
    /// Stands for `SCAN` behind the parser.
    static let scanStandIn = "LOCK"
    /// Stands for a stand-in that a client sent itself.
    static let refused = "BIND"

    /// Replaces the verb at an index where one is concerned.
    static func replace(at index: Int, in buffer: inout ByteBuffer) {
        guard let verb = buffer.getString(at: index, length: byteCount) else { return }
        switch verb {
        case "LIST": buffer.setString(listStandIn, at: index)
        case "SCAN": buffer.setString(scanStandIn, at: index)
        case listStandIn, scanStandIn: buffer.setString(refused, at: index)
        default: break
        }
    }
}
