import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import VaultCore

/// From an answer of the vault to HTTP: status, headers and body. Both lanes send the same bytes.
enum ResponseEncoding {
    /// For how long browsers speak to the server by TLS only, once they have (RFC 6797).
    static let strictTransportSecurity = "max-age=31536000; includeSubDomains"

    /// The header fields of an answer, in the order in which they are sent.
    private static func fields(
        _ response: VaultResponse, closes: Bool, retryAfter: Int? = nil
    ) -> [(field: HeaderField, value: String)] {
        var fields: [(HeaderField, String)] = [
            (.cacheControl, "no-store"), (.strictTransportSecurity, strictTransportSecurity),
        ]
        if let type = response.contentType { fields.append((.contentType, type)) }
        if let origin = response.allowedOrigin {
            fields += [(.allowedOrigin, origin), (.vary, "Origin"), (.exposedHeaders, "ETag, Retry-After")]
        }
        if let headers = response.allowedHeaders {
            fields += [
                (.allowedMethods, "DELETE, GET, OPTIONS, POST, PUT, PATCH, LIST, SCAN"),
                (.allowedHeaders, headers.joined(separator: ", ")), (.preflightAge, "300"),
            ]
        }
        if let tag = response.entityTag { fields.append((.entityTag, tag)) }
        if let index = response.index { fields.append((.consulIndex, String(index))) }
        if let methods = response.allowedMethods { fields.append((.allow, methods.joined(separator: ", "))) }
        // RFC 9110, section 11.6.1: a 401 says how to authenticate.
        if response.status == 401 { fields.append((.authenticate, "Bearer")) }
        if let next = response.nextPage { fields.append((.nextPage, String(next))) }
        if response.status != 204, response.status != 304 {
            fields.append((.contentLength, String(response.body.count)))
        }
        if let retryAfter { fields.append((.retryAfter, String(retryAfter))) }
        if closes { fields.append((.connection, "close")) }
        return fields
    }

    /// Sends an answer through Hummingbird.
    ///
    /// - Parameters:
    ///   - reply: the answer.
    ///   - writer: where to; used up.
    ///   - request: what was asked: a `HEAD` has no body, and whoever named the namespace hears its name.
    @inline(never)
    static func write(_ reply: Reply, to writer: consuming ResponseWriter, for request: Request) async throws {
        var head = head(of: reply)
        if request.head.namesRootNamespace { head.headerFields[HeaderField.namespace.name] = "root" }
        if request.method == .head || reply.response.body.isEmpty {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: .init(byteBuffer: ByteBuffer(bytes: reply.response.body)))
        }
    }

    private static func head(of reply: Reply) -> HTTPResponse {
        var fields = HTTPFields()
        for (field, value) in Self.fields(reply.response, closes: reply.closes, retryAfter: reply.retryAfter) {
            fields[field.name] = value
        }
        return HTTPResponse(status: .init(code: Int(reply.response.status)), headerFields: fields)
    }

    /// The head of an answer that goes on as events.
    ///
    /// - Parameter response: the answer with its facts; its body is not sent.
    static func eventStreamHead(_ response: VaultResponse) -> HTTPResponse {
        var fields = HTTPFields()
        for (field, value) in Self.fields(response, closes: false)
        where field.name != HeaderField.contentLength.name { fields[field.name] = value }
        return HTTPResponse(status: .ok, headerFields: fields)
    }

    /// An answer as the bytes of an HTTP/1.1 response (RFC 9112, section 4).
    static func bytes(of response: VaultResponse, allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: response.body.count + 256)
        if let beginning = usualBeginning(of: response) {
            buffer.writeImmutableBuffer(beginning)
            if let tag = response.entityTag { write(.entityTag, tag, to: &buffer) }
            if response.status != 304 { write(.contentLength, String(response.body.count), to: &buffer) }
        } else {
            write(head: response, to: &buffer)
        }
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(response.body)
        return buffer
    }

    /// What the head of an answer begins with, where it has no other fields after that than tag and length; `nil` for
    /// others.
    private static func usualBeginning(of response: VaultResponse) -> ByteBuffer? {
        guard response.nextPage == nil, response.index == nil, response.allowedOrigin == nil,
            response.allowedHeaders == nil, response.allowedMethods == nil
        else { return nil }
        switch (response.status, response.contentType) {
        case (200, let type?) where type.utf8.elementsEqual(json.utf8): return successBeginning
        case (304, nil): return unchangedBeginning
        default: return nil
        }
    }

    private static let json = "application/json"

    private static let successBeginning: ByteBuffer = {
        var buffer = ByteBuffer()
        write(head: VaultResponse(status: 200, contentType: json), to: &buffer)
        buffer.moveWriterIndex(to: buffer.writerIndex - "Content-Length: 0\r\n".utf8.count)
        return buffer
    }()

    private static let unchangedBeginning: ByteBuffer = {
        var buffer = ByteBuffer()
        write(head: VaultResponse(status: 304), to: &buffer)
        return buffer
    }()

    private static func write(head response: VaultResponse, to buffer: inout ByteBuffer) {
        let status = HTTPResponseStatus(statusCode: Int(response.status))
        buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for (field, value) in fields(response, closes: false) { write(field, value, to: &buffer) }
    }

    private static func write(_ field: HeaderField, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeString(field.text)
        buffer.writeStaticString(": ")
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
    }
}
