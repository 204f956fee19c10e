import NIOCore
import NIOHTTPTypes

/// Lets `LIST` and `SCAN` through NIO's HTTP/1 parser, which knows neither.
///
/// The handler stands before the decoder. At the start of each message it replaces the four bytes of the verb by the
/// four bytes of one that the parser knows and that this server does not serve; `ListVerb` maps it back after
/// decoding. A client that sends a stand-in itself gets a third verb instead, which nobody serves. Where a message
/// starts is known from `MessageBoundaryHandler`, which stands behind the decoder.
final class ListVerbHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let boundary: MessageBoundary
    private var held: ByteBuffer?

    init(boundary: MessageBoundary) { self.boundary = boundary }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if var held {
            held.writeBuffer(&buffer)
            buffer = held
            self.held = nil
        }
        guard !boundary.isMessageOpen else {
            context.fireChannelRead(wrapInboundOut(buffer))
            return
        }
        skipEmptyLines(&buffer, context)
        guard buffer.readableBytes >= ListVerb.byteCount else {
            held = buffer.readableBytes > 0 ? buffer : nil
            return
        }
        ListVerb.replace(at: buffer.readerIndex, in: &buffer)
        boundary.isMessageOpen = true
        context.fireChannelRead(wrapInboundOut(buffer))
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let held { context.fireChannelRead(wrapInboundOut(held)) }
        held = nil
        context.fireChannelInactive()
    }

    /// RFC 9112, section 2.2: a server ignores empty lines before a request line.
    private func skipEmptyLines(_ buffer: inout ByteBuffer, _ context: ChannelHandlerContext) {
        while let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self), byte == 0x0d || byte == 0x0a {
            buffer.moveReaderIndex(forwardBy: 1)
        }
    }
}

/// Whether a connection is in the middle of a request. Shared by two handlers of one channel, so on one event loop.
final class MessageBoundary {
    /// True from the first byte of a request to its last.
    var isMessageOpen = false
}

/// Notes the end of each request, for `ListVerbHandler`.
final class MessageBoundaryHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let boundary: MessageBoundary

    init(boundary: MessageBoundary) { self.boundary = boundary }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: boundary.isMessageOpen = true
        case .body: break
        case .end: boundary.isMessageOpen = false
        }
        context.fireChannelRead(data)
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
